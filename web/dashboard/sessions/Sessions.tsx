import { ActionIcon, Group, Title } from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { IconKeyboard } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { KeysHelp } from '../KeysHelp.tsx';
import { sites } from '../queries.ts';
import { FilterBar } from './FilterBar.tsx';
import { FirstRun } from './FirstRun.tsx';
import { placeOf } from './place.ts';
import { Results } from './Results.tsx';
import { given, type ListSearch } from './search.ts';
import classes from './sessions.module.css';
import { isCached, useSessionList } from './useSessionList.ts';

const route = getRouteApi('/staff/');

const KEYS = [
  [['j', '↓'], 'Next session'],
  [['k', '↑'], 'Previous session'],
  [['Home'], 'First session'],
  [['End'], 'Last session'],
  [['Enter'], 'Watch it'],
  [['/'], 'Look for a visitor'],
  [['?'], 'This help'],
] as const;

/** Which one should I watch? */
export function Sessions() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { data: known = [], isLoading: unknown } = useQuery(sites);
  const [start] = useState(() => (isCached(search) ? placeOf(search) : undefined));
  const [scrolled, setScrolled] = useState((start?.offset ?? 0) > 0);
  const list = useSessionList(search, scrolled);
  const filtered = Object.keys(search).length > 0;
  const empty = !list.pending && !list.outdated && !list.more && list.rows.length === 0;
  const [helped, help] = useDisclosure(false);
  useHotkeys([
    ['shift+?', help.toggle],
    ['?', help.toggle],
  ]);
  const [welcome, setWelcome] = useState(false);
  const welcomes = welcome && !filtered;
  if (empty && !filtered && !list.error && !welcome) setWelcome(true);

  return (
    <div className={classes['screen']} data-welcome={welcomes || undefined}>
      <title>Sessions · Footage</title>
      <KeysHelp keys={KEYS} opened={helped} onClose={help.close} />
      <Group justify="space-between">
        <Title order={1} size="h3">
          Sessions
        </Title>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label="Keyboard"
          title="Keyboard (?)"
          onClick={help.open}
          visibleFrom="sm"
        >
          <IconKeyboard size={18} />
        </ActionIcon>
      </Group>
      {welcomes && <FirstRun arrived={list.rows[0]} onClose={() => setWelcome(false)} />}
      {!(welcomes && empty) && (
        <>
          <FilterBar
            search={search}
            sites={known}
            onChange={(change, typing = false) =>
              void navigate({
                search: (before: ListSearch) => given({ ...before, ...change }),
                replace: typing,
              })
            }
            onClear={() => void navigate({ search: {} })}
          />
          <Results
            // Whether there is a column of sites is to be known before the first row.
            list={{ ...list, pending: list.pending || unknown }}
            empty={empty}
            search={search}
            start={start}
            withSite={known.length > 1}
            onScrolled={setScrolled}
          />
        </>
      )}
    </div>
  );
}
