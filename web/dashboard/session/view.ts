// What the session screen knows of its player, and how that changes.
import type { FromPlayer, PlayState } from '../../player/messages.ts';
import type { Loaded } from './feed.ts';
import type { Hole } from './timeline.ts';

type Told<T extends FromPlayer['type']> = Omit<Extract<FromPlayer, { type: T }>, 'type'>;

export interface View {
  /** The player's one-time address, once there is one. */
  url: string | null;
  /** A picture stands. */
  shown: boolean;
  loaded: Loaded | null;
  at_ms: number;
  state: PlayState;
  /** How far a seek is; nothing of nothing while its events are on their way. */
  seeking: Told<'seeking'> | null;
  /** What was found missing on reading. */
  holes: readonly Hole[];
  /** What the player could not show. */
  problems: readonly Told<'problem'>[];
  absent: Told<'absent'> | null;
  concealed: Told<'concealed'> | null;
  /** Attempts to reach the server in vain. */
  retries: number;
  error: unknown;
}

export type Change =
  | FromPlayer
  | { type: 'opened'; url: string }
  | { type: 'held'; loaded: Loaded }
  | { type: 'hole'; hole: Hole }
  | { type: 'retrying'; attempt: number }
  | { type: 'failed'; error: unknown }
  | { type: 'sought'; at_ms: number };

export const EMPTY: View = {
  url: null,
  shown: false,
  loaded: null,
  at_ms: 0,
  state: 'paused',
  seeking: null,
  holes: [],
  problems: [],
  absent: null,
  concealed: null,
  retries: 0,
  error: null,
};

/** Whether it goes on by itself, be it once more has come. */
export function isPlaying({ state }: View): boolean {
  return state === 'playing' || state === 'waiting';
}

/** Of what a hostile recording may cause without end. */
const TOLD_MAX = 200;

export function changed(view: View, change: Change): View {
  switch (change.type) {
    case 'opened':
      return { ...view, url: change.url };
    case 'held':
      return { ...view, loaded: change.loaded };
    case 'hole':
      return { ...view, holes: added(view.holes, change.hole) };
    case 'retrying':
      return change.attempt === view.retries ? view : { ...view, retries: change.attempt };
    case 'failed':
      return { ...view, error: change.error, retries: 0 };
    case 'loaded':
      return { ...view, shown: true, error: null };
    case 'time':
      return { ...view, at_ms: change.at_ms };
    case 'sought':
      return { ...view, at_ms: change.at_ms, seeking: { done: 0, all: 0 } };
    case 'landed':
      return { ...view, at_ms: change.at_ms, seeking: null };
    case 'seeking':
      return { ...view, seeking: change };
    case 'state':
      return { ...view, state: change.state };
    case 'problem':
      return { ...view, problems: added(view.problems, change) };
    case 'absent':
      return { ...view, absent: change };
    case 'concealed':
      return { ...view, concealed: change };
    case 'ready':
    case 'size':
      return view;
  }
}

/** What is told again, since a window was opened again, is told once. */
function added<T extends { text: string }>(told: readonly T[], one: T): readonly T[] {
  const place = (each: T) => JSON.stringify(each);
  if (told.length >= TOLD_MAX || told.some((each) => place(each) === place(one))) return told;
  return [...told, one];
}
