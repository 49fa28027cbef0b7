import type { HotkeyItem } from '@mantine/hooks';
import { SPEEDS } from './search.ts';

/** What the keyboard can do on the session screen. */
export interface Actions {
  duration_ms: number;
  at_ms: () => number;
  seek: (at_ms: number) => void;
  toggle: () => void;
  step: (direction: 1 | -1) => void;
  page: (direction: 1 | -1) => void;
  speed: number;
  setSpeed: (speed: number) => void;
  toggleSkip: () => void;
  toggleFullScreen: () => void;
  help: () => void;
}

/** The keys, as the help shows them. */
export const KEYS: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['space', 'k'], 'Play or pause'],
  [['←', '→'], '5 seconds back or on'],
  [['j', 'l'], '10 seconds back or on'],
  [[',', '.'], 'To the previous or next change of the picture'],
  [['p', 'n'], 'To the previous or next page'],
  [['0', '…', '9'], 'To this tenth of the recording'],
  [['home', 'end'], 'To the beginning or the end'],
  [['<', '>'], 'Slower or faster'],
  [['i'], 'Skip inactivity, or not'],
  [['f'], 'Full screen'],
  [['?'], 'This help'],
];

const ARROW_MS = 5_000;
const LETTER_MS = 10_000;
const TENTHS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/** The element in focus keeps its own use of the key. */
const OPEN = { preventDefault: false };

/** The keyboard of a video player. */
export function playerKeys(actions: Actions): HotkeyItem[] {
  const { duration_ms, at_ms, seek, toggle, step, page, speed, setSpeed } = actions;
  const unless = (taken: string, act: () => void) => (event: KeyboardEvent) => {
    if (event.target instanceof Element && event.target.closest(taken) !== null) return;
    event.preventDefault();
    act();
  };
  const by = (ms: number) => () => seek(Math.min(duration_ms, Math.max(0, at_ms() + ms)));
  const faster = (places: 1 | -1) => () => {
    const next = SPEEDS[SPEEDS.indexOf(speed) + places];
    if (next !== undefined) setSpeed(next);
  };
  const letters: [string, () => void][] = [
    ['k', toggle],
    ['j', by(-LETTER_MS)],
    ['l', by(LETTER_MS)],
    [',', () => step(-1)],
    ['.', () => step(1)],
    ['p', () => page(-1)],
    ['n', () => page(1)],
    ['i', actions.toggleSkip],
    ['f', actions.toggleFullScreen],
    ['?', actions.help],
    ['shift+?', actions.help],
    ['<', faster(-1)],
    ['shift+<', faster(-1)],
    ['>', faster(1)],
    ['shift+>', faster(1)],
    ...TENTHS.map((tenth): [string, () => void] => {
      return [String(tenth), () => seek((duration_ms * tenth) / TENTHS.length)];
    }),
  ];
  return [
    ['space', unless(TAKES_SPACE, toggle), OPEN],
    ['ArrowLeft', unless(TAKES_ARROWS, by(-ARROW_MS)), OPEN],
    ['ArrowRight', unless(TAKES_ARROWS, by(ARROW_MS)), OPEN],
    ['Home', unless(TAKES_ARROWS, () => seek(0)), OPEN],
    ['End', unless(TAKES_ARROWS, () => seek(duration_ms)), OPEN],
    ...letters.map(([key, act]): HotkeyItem => [key, unless(TAKES_TEXT, act), OPEN]),
  ];
}

const TAKES_TEXT = 'input:not([type=radio], [type=checkbox]), textarea, select';
const TAKES_SPACE = `button, a, [role=tab], input[type=checkbox], ${TAKES_TEXT}`;
const TAKES_ARROWS = `[role=tab], input[type=radio], ${TAKES_TEXT}`;
