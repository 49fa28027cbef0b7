// What the session screen knows of its player, and how that changes.
import type { FromPlayer, PlayState } from '../../player/messages.ts';
import type { Recording } from './recording.ts';

export interface View {
  /** The player's one-time address, once there is one. */
  url: string | null;
  /** Bytes of the recording so far. */
  arrived: number;
  recording: Recording | null;
  loaded: { start_ms: number; duration_ms: number } | null;
  at: number;
  state: PlayState;
  problem: string | null;
  error: unknown;
}

export type Change =
  | FromPlayer
  | { type: 'opened'; url: string }
  | { type: 'arrived'; bytes: number }
  | { type: 'read'; recording: Recording }
  | { type: 'failed'; error: unknown }
  | { type: 'sought'; at_ms: number };

export const EMPTY: View = {
  url: null,
  arrived: 0,
  recording: null,
  loaded: null,
  at: 0,
  state: 'paused',
  problem: null,
  error: null,
};

export function changed(view: View, change: Change): View {
  switch (change.type) {
    case 'opened':
      return { ...view, url: change.url };
    case 'arrived':
      return { ...view, arrived: change.bytes };
    case 'read':
      return { ...view, recording: change.recording };
    case 'failed':
      return { ...view, error: change.error };
    case 'loaded':
      return {
        ...view,
        loaded: { start_ms: change.start_ms, duration_ms: change.duration_ms },
      };
    case 'time':
    case 'landed':
    case 'sought':
      return { ...view, at: change.at_ms };
    case 'state':
      return { ...view, state: change.state };
    case 'problem':
      return { ...view, problem: change.text };
    case 'ready':
    case 'size':
      return view;
  }
}
