import { Button, Divider, Group, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { moment } from '../../format.ts';
import { fromLocal, type ListSearch, momentOf, SPANS, type Span, toLocal } from '../search.ts';
import { FilterChip } from './FilterChip.tsx';

type Times = Pick<ListSearch, 'last' | 'from' | 'to'>;
type Change = { [K in keyof Times]-?: Times[K] | undefined };

const NONE: Change = { last: undefined, from: undefined, to: undefined };

export function TimeFilter({ times, onChange }: { times: Times; onChange(times: Change): void }) {
  return (
    <FilterChip name="Time" value={timeWords(times)} onClear={() => onChange(NONE)}>
      {(close) => (
        <Stack gap="sm">
          <Group gap="xs">
            {Object.entries(SPANS).map(([span, words]) => (
              <Button
                key={span}
                size="xs"
                variant={times.last === span ? 'filled' : 'default'}
                aria-pressed={times.last === span}
                onClick={() => {
                  onChange({ ...NONE, last: span as Span });
                  close();
                }}
              >
                {words}
              </Button>
            ))}
          </Group>
          <Divider label="or" />
          <OwnRange
            times={times}
            onApply={(range) => {
              onChange({ ...NONE, ...range });
              close();
            }}
          />
        </Stack>
      )}
    </FilterChip>
  );
}

function OwnRange({ times, onApply }: { times: Times; onApply(range: Partial<Change>): void }) {
  const [from, setFrom] = useState(toLocal(times.from));
  const [to, setTo] = useState(toLocal(times.to));
  const backwards = from !== '' && to !== '' && to <= from;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!backwards) onApply({ from: fromLocal(from), to: fromLocal(to) });
  }

  return (
    <form onSubmit={submit}>
      <Stack gap="xs">
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
          <TextInput
            type="datetime-local"
            label="From"
            size="xs"
            value={from}
            onChange={(event) => setFrom(event.currentTarget.value)}
          />
          <TextInput
            type="datetime-local"
            label="Until"
            size="xs"
            value={to}
            error={backwards && 'This is not after the beginning.'}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
        </SimpleGrid>
        <Button type="submit" size="xs" disabled={backwards || (from === '' && to === '')}>
          Show this range
        </Button>
      </Stack>
    </form>
  );
}

function timeWords({ last, from, to }: Times): string | null {
  if (last !== undefined) return SPANS[last].toLowerCase();
  const [begin, end] = [momentOf(from), momentOf(to)];
  if (begin !== undefined && end !== undefined) return `${moment(begin)} to ${moment(end)}`;
  if (begin !== undefined) return `since ${moment(begin)}`;
  return end === undefined ? null : `until ${moment(end)}`;
}
