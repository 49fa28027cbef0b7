import { Button, EmptyState } from '@mantine/core';
import { useDidUpdate } from '@mantine/hooks';
import { IconArrowUp, IconFilterOff } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { counted } from '../format.ts';
import { Trouble } from '../Trouble.tsx';
import { Bones } from './Bones.tsx';
import { Foot } from './Foot.tsx';
import { leaveAt } from './place.ts';
import { type Place, SessionTable } from './SessionTable.tsx';
import type { ListSearch } from './search.ts';
import classes from './sessions.module.css';
import { FIRST_PAGE, type SessionList } from './useSessionList.ts';

/** From here on what is new waits. */
const SCROLLED_PX = 16;

interface ResultsProps {
  list: SessionList;
  empty: boolean;
  search: ListSearch;
  start: Place | undefined;
  withSite: boolean;
  onScrolled(scrolled: boolean): void;
}

/** What fits the filters, in a box that scrolls by itself. */
export function Results({ list, empty, search, start, withSite, onScrolled }: ResultsProps) {
  const navigate = useNavigate();
  const scroller = useRef<HTMLDivElement>(null);
  const place = useRef<Place>(start ?? { offset: 0, current: null });

  function remember(change: Partial<Place>) {
    place.current = { ...place.current, ...change };
    leaveAt(search, place.current);
  }

  useEffect(() => leaveAt(search, place.current), [search]);
  useDidUpdate(() => {
    scroller.current?.scrollTo({ top: 0 });
    remember({ offset: 0, current: null });
  }, [search]);

  return (
    <div className={classes['results']}>
      {list.waiting > 0 && (
        <div className={classes['banner']} role="status">
          <Button
            size="xs"
            radius="xl"
            leftSection={<IconArrowUp size={14} aria-hidden />}
            onClick={() => scroller.current?.scrollTo({ top: 0 })}
          >
            {list.waiting < FIRST_PAGE
              ? counted(list.waiting, 'new session')
              : `${FIRST_PAGE} or more new sessions`}
          </Button>
        </div>
      )}
      <div
        ref={scroller}
        className={classes['scroller']}
        aria-busy={list.pending || list.outdated}
        onScroll={({ currentTarget: { scrollTop } }) => {
          onScrolled(scrollTop > SCROLLED_PX);
          remember({ offset: scrollTop });
        }}
      >
        {list.pending && <Bones withSite={withSite} />}
        {!list.pending && list.error && list.rows.length === 0 && (
          <Trouble error={list.error} onRetry={list.retry} m="md" />
        )}
        {!list.pending && !empty && !(list.error && list.rows.length === 0) && (
          <>
            <SessionTable
              list={list}
              withSite={withSite}
              scroller={scroller}
              start={start}
              onCurrent={(current) => remember({ current })}
              onOpen={(id) => void navigate({ to: '/sessions/$id', params: { id } })}
            />
            <Foot list={list} />
          </>
        )}
        {empty && !list.error && <NothingFits onClear={() => void navigate({ to: '/' })} />}
      </div>
    </div>
  );
}

function NothingFits({ onClear }: { onClear(): void }) {
  return (
    <EmptyState
      py="xl"
      icon={<IconFilterOff />}
      title="No session fits"
      description="The search went through to its end. Wider filters may find more."
    >
      <EmptyState.Actions>
        <Button variant="default" size="xs" onClick={onClear}>
          Clear all filters
        </Button>
      </EmptyState.Actions>
    </EmptyState>
  );
}
