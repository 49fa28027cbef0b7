// What the player document and the page around it say to each other, by `postMessage`.
// README.md tells the same in words. Times are milliseconds from the first event.

export type PlayState = 'playing' | 'paused' | 'finished';

export type ToPlayer =
  | { type: 'init'; speed: number; skip_inactive: boolean; at_ms: number }
  | { type: 'events'; events: readonly unknown[]; last: boolean }
  | { type: 'play'; at_ms: number | null }
  | { type: 'pause' }
  | { type: 'seek'; at_ms: number }
  | { type: 'speed'; speed: number }
  | { type: 'skip_inactive'; on: boolean };

export type FromPlayer =
  | { type: 'ready' }
  | { type: 'loaded'; start_ms: number; duration_ms: number }
  | { type: 'time'; at_ms: number }
  | { type: 'landed'; at_ms: number }
  | { type: 'state'; state: PlayState }
  | { type: 'size'; width: number; height: number }
  | { type: 'problem'; text: string };

export const SPEED_MIN = 0.5;
export const SPEED_MAX = 16;
