import { Button, Loader, Text } from '@mantine/core';
import { counted } from '../format.ts';
import { Moment } from '../Moment.tsx';
import { Trouble } from '../Trouble.tsx';
import classes from './sessions.module.css';
import type { SessionList } from './useSessionList.ts';

/** Below the last row: what is still to come. */
export function Foot({ list }: { list: SessionList }) {
  if (list.error) return <Trouble error={list.error} onRetry={list.goOn} m="md" />;
  return (
    <div className={classes['foot']} role="status">
      {list.more && !list.asks && <Loader size="xs" type="dots" aria-hidden />}
      <Text size="sm" c="dimmed">
        <Progress list={list} />
      </Text>
      {list.asks && (
        <Button size="xs" variant="default" onClick={list.goOn}>
          Go on
        </Button>
      )}
    </div>
  );
}

function Progress({ list: { more, asks, rows, searchedTo } }: { list: SessionList }) {
  const found = counted(rows.length, 'session');
  if (!more) return rows.length > 0 && `That is all: ${found}.`;
  if (searchedTo === null) return 'Loading more …';
  return (
    <>
      {asks ? 'Searched' : 'Searching …'} back to <Moment ms={searchedTo} />, {found} so far.
    </>
  );
}
