import { useMemo, useRef } from 'react';
import type { Actions } from './keys.ts';
import { segmentAt, type Timeline } from './timeline.ts';
import type { Player } from './usePlayer.ts';

type Choices = Pick<Actions, 'speed' | 'setSpeed' | 'toggleSkip' | 'toggleFullScreen' | 'help'>;

/** Later "previous page" goes to the beginning of this one. */
const SAME_PAGE_MS = 3_000;

/** What buttons and keys do. They stay the same while it plays, so that nothing is drawn again. */
export function useActions(
  player: Player,
  timeline: Timeline | undefined,
  choices: Choices,
): Actions {
  const { view, seek, toggle, send } = player;
  const now = useRef({ view, choices });
  now.current = { view, choices };
  const { speed } = choices;
  return useMemo(() => {
    const pages = timeline?.pages ?? [];
    const act = (ask: () => void) => now.current.view.shown && ask();
    const page = (direction: 1 | -1) => {
      const { at_ms } = now.current.view;
      const at = segmentAt(pages, at_ms);
      const isLater = at_ms - (pages[at]?.from_ms ?? 0) > SAME_PAGE_MS;
      const to = pages[direction === 1 ? at + 1 : isLater ? at : at - 1];
      if (to) act(() => seek(to.from_ms));
    };
    return {
      duration_ms: timeline?.duration_ms ?? 0,
      at_ms: () => now.current.view.at_ms,
      seek: (at_ms) => act(() => seek(at_ms)),
      // Who presses play early does not have to press again.
      toggle: () => timeline && timeline.keyframes.length > 0 && toggle(),
      step: (direction) => act(() => send({ type: 'step', direction })),
      page,
      speed,
      setSpeed: (next) => now.current.choices.setSpeed(next),
      toggleSkip: () => now.current.choices.toggleSkip(),
      toggleFullScreen: () => now.current.choices.toggleFullScreen(),
      help: () => now.current.choices.help(),
    };
  }, [timeline, seek, toggle, send, speed]);
}
