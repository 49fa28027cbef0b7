import { Button, Group, Paper, Stack, Switch, Text, TextInput, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ApiError, changeSite, type Site, type SiteChange } from '../api.ts';
import { queries, sites } from '../queries.ts';
import { sentence, Trouble } from '../Trouble.tsx';
import { changeOf, type Draft, draftOf, type Field, fieldOf, problemsOf } from './draft.ts';
import { LeaveGuard } from './LeaveGuard.tsx';
import { LinesInput } from './LinesInput.tsx';
import { Preview } from './Preview.tsx';
import classes from './sites.module.css';

/** The settings that staff change, and what the maskings among them hide. */
export function SiteForm({ site }: { site: Site }) {
  // What is edited is compared with what was there when it began, whatever comes in between.
  const [stored, setStored] = useState(site);
  const [draft, setDraft] = useState(() => draftOf(site));
  const save = useMutation({
    mutationFn: ({ change }: { change: SiteChange; of: Draft }) => changeSite(site.id, change),
    onSuccess: (saved, { of }) => {
      queries.setQueryData(sites.queryKey, (known) =>
        known?.map((each) => (each.id === saved.id ? saved : each)),
      );
      setStored(saved);
      // What was typed while it was being saved stays.
      setDraft((now) => (now === of ? draftOf(saved) : now));
    },
  });
  const change = changeOf(stored, draft);
  const problems = problemsOf(draft);
  const wrong = Object.keys(problems).length > 0;
  const refused = refusalOf(save.error);

  function edit(edited: Partial<Draft>) {
    if (!save.isIdle && !save.isPending) save.reset();
    setDraft({ ...draft, ...edited });
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    if (change !== null && !wrong) save.mutate({ change, of: draft });
  }

  const errorAt = (field: Field) => problems[field] ?? (refused?.field === field && refused.words);

  return (
    <form onSubmit={submit} noValidate>
      <LeaveGuard dirty={change !== null && !save.isPending} />
      <Stack>
        <Paper withBorder p="md">
          <Stack maw={640}>
            <Title order={2} size="h5">
              Recording
            </Title>
            <TextInput
              label="Name"
              value={draft.name}
              maxLength={100}
              error={errorAt('name')}
              onChange={(event) => edit({ name: event.currentTarget.value })}
            />
            <LinesInput
              label="Allowed origins"
              description={
                site.demo
                  ? 'Those of the demo shop follow the address of this server.'
                  : 'Whose pages may record, one per line: https://shop.example. An asterisk stands for any.'
              }
              disabled={site.demo}
              value={draft.allowed_origins}
              error={errorAt('allowed_origins')}
              onChange={(allowed_origins) => edit({ allowed_origins })}
            />
            <Switch
              label="Strip queries from addresses"
              description="What stands behind the ? may name people. It is left out before it leaves the browser."
              checked={!draft.keep_query}
              onChange={(event) => edit({ keep_query: !event.currentTarget.checked })}
            />
          </Stack>
        </Paper>
        <Paper withBorder p="md">
          <div className={classes['hidden']}>
            <Stack>
              <Title order={2} size="h5">
                What is hidden
              </Title>
              <Text size="sm" c="dimmed">
                Passwords, card numbers and what is typed are masked in any case. Name here what
                else shall not be seen, as CSS selectors, one per line.
              </Text>
              <LinesInput
                label="Masked: text becomes stars"
                placeholder=".customer-name"
                monospace
                value={draft.mask_selectors}
                error={errorAt('mask_selectors')}
                onChange={(mask_selectors) => edit({ mask_selectors })}
              />
              <LinesInput
                label="Blocked: an empty box of the same size"
                placeholder="#map, .avatar"
                monospace
                value={draft.block_selectors}
                error={errorAt('block_selectors')}
                onChange={(block_selectors) => edit({ block_selectors })}
              />
            </Stack>
            <Preview site={site} draft={draft} />
          </div>
        </Paper>
        {save.error && refused === null && <Trouble error={save.error} />}
        <Group className={classes['bar'] ?? ''} data-dirty={change !== null || undefined}>
          <Text size="sm" c="dimmed" role="status" flex={1}>
            {save.isSuccess && 'Saved. Visitors get it with their next page.'}
            {change !== null &&
              !save.isPending &&
              (wrong
                ? 'What is marked above has to be mended before it can be saved.'
                : 'There are changes that are not saved.')}
          </Text>
          <Button
            variant="default"
            disabled={change === null}
            onClick={() => edit(draftOf(stored))}
          >
            Undo
          </Button>
          <Button type="submit" loading={save.isPending} disabled={change === null || wrong}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What the server says of one field. */
function refusalOf(error: unknown): { field: Field; words: string } | null {
  if (!(error instanceof ApiError) || error.code !== 'bad_field') return null;
  const field = fieldOf(error.message);
  return field && { field, words: [error.message, error.hint ?? ''].map(sentence).join(' ') };
}
