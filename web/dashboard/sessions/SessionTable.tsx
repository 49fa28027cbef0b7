import { useMediaQuery } from '@mantine/hooks';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import {
  type MouseEvent,
  type RefObject,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { SessionRow } from './SessionRow.tsx';
import classes from './sessions.module.css';
import { useRowKeys } from './useRowKeys.ts';
import type { SessionList } from './useSessionList.ts';

/** As in sessions.module.css. */
const ROW = { table: 40, cards: 96 };
const HEAD = { table: 40, cards: 0 };
const CARDS = '(max-width: 760px)';
/** So many rows before the end the next page is asked for. */
const AHEAD = 120;

interface SessionTableProps {
  list: SessionList;
  withSite: boolean;
  scroller: RefObject<HTMLDivElement | null>;
  /** Where to begin, on return from a session. */
  start: Place | undefined;
  onCurrent(id: string): void;
  onOpen(id: string): void;
}

/** Where the reader stood in the list. */
export interface Place {
  offset: number;
  current: string | null;
}

/** The rows in sight, in a true table. */
export function SessionTable(props: SessionTableProps) {
  const { list, withSite, scroller, start, onCurrent, onOpen } = props;
  const { rows } = list;
  const asCards = useMediaQuery(CARDS, undefined, { getInitialValueInEffect: false });
  const layout = asCards ? 'cards' : 'table';
  const body = useRef<HTMLTableSectionElement>(null);
  const [current, setCurrent] = useState(start?.current ?? null);
  const focusWanted = useRef(current !== null);
  const index = useMemo(
    () =>
      current === null
        ? 0
        : Math.max(
            0,
            rows.findIndex(({ id }) => id === current),
          ),
    [rows, current],
  );
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW[layout],
    // With another function at each drawing all rows would be laid out again, at each step of a scroll.
    getItemKey: useCallback((at: number) => rows[at]?.id ?? at, [rows]),
    overscan: 8,
    scrollMargin: HEAD[layout],
    scrollPaddingStart: HEAD[layout],
    initialOffset: start?.offset ?? 0,
    // The row that the keyboard stands on stays, or it would lose its place.
    rangeExtractor: (range) =>
      [...new Set([...defaultRangeExtractor(range), index])].sort((a, b) => a - b),
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new layout changes the sizes
  useEffect(() => virtual.measure(), [layout]);

  useRowKeys((step) => {
    const to = Math.min(rows.length - 1, Math.max(0, current === null ? 0 : index + step));
    const row = rows[to];
    if (row === undefined) return;
    focusWanted.current = true;
    select(row.id);
    virtual.scrollToIndex(to);
  });

  function select(id: string) {
    setCurrent(id);
    onCurrent(id);
    fetchScreen();
  }

  useEffect(() => {
    if (!focusWanted.current) return;
    const link = body.current?.querySelector<HTMLElement>('a[tabindex="0"]');
    if (!link) return;
    link.focus({ preventScroll: true });
    focusWanted.current = false;
  });

  const nearEnd = (virtual.range?.endIndex ?? 0) >= rows.length - AHEAD;
  const fetches = nearEnd && list.more && !list.fetchingMore && !list.asks && !list.error;
  useEffect(() => {
    if (fetches) list.goOn();
  }, [fetches, list.goOn]);

  function open(event: MouseEvent) {
    const other = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey;
    const id = rowOf(event.target);
    if (other || id === undefined || document.getSelection()?.type === 'Range') return;
    event.preventDefault();
    onOpen(id);
  }

  return (
    <table
      className={classes['table']}
      aria-label="Sessions"
      aria-rowcount={list.more ? -1 : rows.length + 1}
      data-outdated={list.outdated || undefined}
      data-sites={withSite || undefined}
    >
      <Head withSite={withSite} />
      {/* The links within take the keyboard; this lets a click anywhere in a row do the same. */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: see above */}
      <tbody
        ref={body}
        style={{ height: virtual.getTotalSize() }}
        onPointerEnter={fetchScreen}
        onClick={open}
        onFocus={({ target }) => {
          const id = rowOf(target);
          if (id !== undefined) select(id);
        }}
      >
        {virtual.getVirtualItems().map((item) => {
          const session = rows[item.index];
          return (
            session && (
              <SessionRow
                key={item.key}
                session={session}
                place={item.index + 2}
                top={item.start - HEAD[layout]}
                current={item.index === index}
                withSite={withSite}
              />
            )
          );
        })}
      </tbody>
    </table>
  );
}

/** Of what is asked for next, most likely. */
function fetchScreen() {
  void import('../session/Session.tsx');
}

function rowOf(target: EventTarget): string | undefined {
  const row = target instanceof Element ? target.closest<HTMLElement>('[data-id]') : null;
  return row?.dataset['id'];
}

export function Head({ withSite }: { withSite: boolean }) {
  return (
    <thead>
      <tr aria-rowindex={1}>
        <th className={classes['who']}>Visitor</th>
        {withSite && <th className={classes['site']}>Site</th>}
        <th className={classes['start']}>Started</th>
        <th className={classes['duration']}>Duration</th>
        <th className={classes['pages']}>Pages</th>
        <th className={classes['events']}>Events</th>
        <th className={classes['size']}>Size</th>
        <th className={classes['whole']}>Completeness</th>
      </tr>
    </thead>
  );
}
