import { Button, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Stranger } from '../../Stranger.tsx';
import { FilterChip } from './FilterChip.tsx';

const CHARACTERS_SHOWN = 32;

interface PageFilterProps {
  page: string | undefined;
  onChange(page: string | undefined): void;
}

export function PageFilter({ page, onChange }: PageFilterProps) {
  return (
    <FilterChip
      name="Page"
      value={page ? <Stranger text={page} max={CHARACTERS_SHOWN} /> : null}
      onClear={() => onChange(undefined)}
    >
      {(close) => (
        <PageForm
          page={page}
          onApply={(asked) => {
            onChange(asked || undefined);
            close();
          }}
        />
      )}
    </FilterChip>
  );
}

function PageForm({ page, onApply }: { page: string | undefined; onApply(page: string): void }) {
  const [text, setText] = useState(page ?? '');

  function submit(event: FormEvent) {
    event.preventDefault();
    onApply(text.trim());
  }

  return (
    <form onSubmit={submit}>
      <Stack gap="xs" w={280}>
        <TextInput
          label="Part of an address or a title"
          description="Of any page of the visit"
          size="xs"
          placeholder="/checkout"
          maxLength={1_024}
          value={text}
          data-autofocus
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" size="xs">
          Show these
        </Button>
      </Stack>
    </form>
  );
}
