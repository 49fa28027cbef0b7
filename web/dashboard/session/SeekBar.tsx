import { Slider, Tooltip, UnstyledButton } from '@mantine/core';
import { getHotkeyHandler, type HotkeyItem } from '@mantine/hooks';
import type { KeyboardEvent } from 'react';
import { clock, pathOf } from '../format.ts';
import classes from './session.module.css';
import { type Segment, segmentAt } from './timeline.ts';
import type { Player } from './usePlayer.ts';

interface SeekBarProps {
  player: Player;
  pages: readonly Segment[];
  keys: HotkeyItem[];
}

/** Where the recording stands, and below it its pages, as wide as they lasted. */
export function SeekBar({ player, pages, keys }: SeekBarProps) {
  const { view, seek } = player;
  const duration = view.loaded?.duration_ms ?? 0;
  const current = segmentAt(pages, view.at);
  // The slider's own keys would go in steps of a millisecond.
  function press(event: KeyboardEvent<HTMLElement>) {
    event.stopPropagation();
    getHotkeyHandler(keys)(event);
  }
  return (
    <div onKeyDownCapture={press}>
      <Slider
        size="sm"
        min={0}
        max={Math.max(1, duration)}
        step={1}
        value={view.at}
        onChange={seek}
        disabled={view.loaded === null}
        label={clock}
        thumbLabel="Place in the recording"
      />
      <div className={classes['pages']}>
        {pages.map((page) => (
          <Tooltip
            key={page.from}
            label={`${clock(page.from)} ${page.title === '' ? pathOf(page.url) : page.title}`}
          >
            <UnstyledButton
              className={classes['page']}
              style={{ flexGrow: Math.max(page.to - page.from, duration / 200) }}
              data-current={page === current || undefined}
              aria-label={`Go to ${pathOf(page.url)}`}
              onClick={() => seek(page.from)}
              tabIndex={-1}
            >
              {pathOf(page.url)}
            </UnstyledButton>
          </Tooltip>
        ))}
      </div>
    </div>
  );
}
