import type { HotkeyItem } from '@mantine/hooks';
import { SPEEDS } from './Controls.tsx';
import type { Player } from './usePlayer.ts';

const STEP_MS = 5_000;

/** The element in focus keeps its own use of the key. */
const OPEN = { preventDefault: false };

/** The keyboard of a video player: space, arrows, home, end, < and >. */
export function playerKeys(
  player: Player,
  speed: number,
  onSpeed: (speed: number) => void,
): HotkeyItem[] {
  const { view, seek, toggle } = player;
  const duration = view.loaded?.duration_ms ?? null;
  const space = (event: KeyboardEvent) => {
    if (duration === null || takesSpace(event.target)) return;
    event.preventDefault();
    toggle();
  };
  const step = (by: number) => (event: KeyboardEvent) => {
    if (duration === null || takesArrows(event.target)) return;
    event.preventDefault();
    seek(Math.min(duration, Math.max(0, view.at + by)));
  };
  const faster = (by: 1 | -1) => () => {
    const next = SPEEDS[SPEEDS.indexOf(speed) + by];
    if (next !== undefined) onSpeed(next);
  };
  return [
    ['space', space, OPEN],
    ['ArrowLeft', step(-STEP_MS), OPEN],
    ['ArrowRight', step(STEP_MS), OPEN],
    ['Home', step(Number.NEGATIVE_INFINITY), OPEN],
    ['End', step(Number.POSITIVE_INFINITY), OPEN],
    ['shift+<', faster(-1)],
    ['shift+>', faster(1)],
  ];
}

function takesSpace(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('button, a, input[type=checkbox]') !== null;
}

function takesArrows(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input[type=radio]') !== null;
}
