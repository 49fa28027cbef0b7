import { Slider, Tooltip, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import { clock, pathOf } from '../format.ts';
import classes from './session.module.css';
import { type Segment, segmentAt } from './timeline.ts';
import type { Player } from './usePlayer.ts';

/** Where the recording stands, and below it its pages, as wide as they lasted. */
export function SeekBar({ player, pages }: { player: Player; pages: readonly Segment[] }) {
  const { view, seek } = player;
  const [dragged, setDragged] = useState<number | null>(null);
  const duration = view.loaded?.duration_ms ?? 0;
  const current = segmentAt(pages, view.at);
  return (
    <div>
      <Slider
        size="sm"
        min={0}
        max={Math.max(1, duration)}
        step={100}
        value={dragged ?? view.at}
        onChange={setDragged}
        onChangeEnd={(at) => {
          setDragged(null);
          seek(at);
          leaveThumb();
        }}
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

/** After a drag the arrow keys belong to the player again; who came by keyboard stays. */
function leaveThumb() {
  const focused = document.activeElement;
  if (focused instanceof HTMLElement && !focused.matches(':focus-visible')) focused.blur();
}
