import { Text, UnstyledButton } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useRef } from 'react';
import { clock, counted, duration, pathOf } from '../format.ts';
import { Stranger } from '../Stranger.tsx';
import classes from './session.module.css';
import type { Segment } from './timeline.ts';

interface PageListProps {
  pages: readonly Segment[];
  current: number;
  onSeek: (at_ms: number) => void;
}

const ROW_PX = 56;

/** The pages of the visit; a click goes to where one came up. */
export const PageList = memo(function PageList({ pages, current, onSeek }: PageListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: pages.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
  });
  useEffect(() => {
    if (current < pages.length) rows.scrollToIndex(current);
  }, [current, pages.length, rows]);
  return (
    <>
      <Text size="xs" c="dimmed" px="md" py="xs">
        {counted(pages.length, 'page')}
      </Text>
      <div ref={scroller} className={classes['pageList']}>
        <ol style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start, size }) => {
            const page = pages[index];
            return (
              page && (
                <li key={index} style={{ top: start, height: size }}>
                  <PageRow page={page} isCurrent={index === current} onSeek={onSeek} />
                </li>
              )
            );
          })}
        </ol>
      </div>
    </>
  );
});

interface PageRowProps {
  page: Segment;
  isCurrent: boolean;
  onSeek: (at_ms: number) => void;
}

function PageRow({ page, isCurrent, onSeek }: PageRowProps) {
  return (
    <UnstyledButton
      className={classes['pageRow']}
      aria-current={isCurrent ? 'true' : undefined}
      onClick={() => onSeek(page.from_ms)}
    >
      <span className={classes['pageTime']}>{clock(page.from_ms)}</span>
      <span className={classes['pageName']}>
        <Stranger text={page.title === '' ? pathOf(page.url) : page.title} />
        {page.title !== '' && <Stranger text={pathOf(page.url)} />}
      </span>
      <span className={classes['pageTime']}>{duration(page.to_ms - page.from_ms)}</span>
    </UnstyledButton>
  );
}
