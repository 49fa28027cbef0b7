// What the player document and the page around it say to each other, by `postMessage`.
// README.md tells the same in words, with an example.
//
// Every `…_ms` here counts milliseconds from `init.start_ms`; events themselves carry absolute
// timestamps on one clock that never runs backwards. The page around decides what is loaded: a
// *window*, a run of events that begins with a keyframe (a meta event and its full snapshot).

/** `waiting`: wants to play on, but the events are not here yet. */
export type PlayState = 'playing' | 'paused' | 'waiting' | 'finished';

export type ToPlayer =
  /** Once, before the first `open`. It stands paused until `play`. */
  | { type: 'init'; start_ms: number; speed: number; skip_inactive: boolean }
  /**
   * Forget all events. Those that follow begin with a keyframe at or before `at_ms` (what stands
   * before the first keyframe is ignored); `at_ms` is shown as soon as they reach it, or as soon as
   * `last` says that they never will. Playing or paused as before.
   */
  | { type: 'open'; at_ms: number }
  /**
   * The next events of the window: everything up to `until_ms` has now come, and none of them is
   * later. `last`: the recording ends at `until_ms` (a live one goes on with more `events`; no events
   * at all are fine too). `seam`: between these and those before something is missing, or another
   * stream (page load) begins, so the next keyframe is built anew; one without a seam is passed over
   * while the picture is up to date, because building flickers. The first events of a window need none.
   */
  | {
      type: 'events';
      events: readonly unknown[];
      until_ms: number;
      last: boolean;
      seam: boolean;
    }
  /** Events before this moment may be forgotten; the player does so up to a keyframe at or before it. */
  | { type: 'trim'; before_ms: number }
  /** From where it stands. At the end of the recording it stays `finished`: seek or open first. */
  | { type: 'play' }
  | { type: 'pause' }
  /** Inside the window. Past what has come, it shows what there is, and lands when more has come. */
  | { type: 'seek'; at_ms: number }
  /**
   * Pauses, and goes to the next or previous moment at which the picture changes. `landed` tells
   * where; the same moment as before when the window holds no further one.
   */
  | { type: 'step'; direction: 1 | -1 }
  | { type: 'speed'; speed: number }
  | { type: 'skip_inactive'; on: boolean }
  /** Show what a recorder with these selectors would hide. Two empty lists: all is shown again. */
  | {
      type: 'conceal';
      mask_selectors: readonly string[];
      block_selectors: readonly string[];
    };

export type FromPlayer =
  /** Listens; send `init`. */
  | { type: 'ready' }
  /** The first picture of an `open` stands. Comes before its `landed`. */
  | { type: 'loaded'; at_ms: number }
  /** Ten times a second while playing, and after a pause. */
  | { type: 'time'; at_ms: number }
  /** The answer to each `seek`, `step` and `open`, in their order; one overtaken by the next is not answered. */
  | { type: 'landed'; at_ms: number }
  /** A seek takes longer than a moment: `done` of `all` events are behind it. */
  | { type: 'seeking'; done: number; all: number }
  | { type: 'state'; state: PlayState }
  /** The visitor's viewport from here on. */
  | { type: 'size'; width: number; height: number }
  /** Something cannot be shown, and where (null: nowhere in particular). */
  | { type: 'problem'; text: string; at_ms: number | null }
  /** How many things the window refers to that no recording holds. Comes when it changes. */
  | {
      type: 'absent';
      images: number;
      frames: number;
      media: number;
      styles: number;
      fonts: number;
    }
  /**
   * The answer to `conceal`, and again when the shown page changes: how many elements are hidden,
   * which selectors match nothing on this page, and which no browser understands.
   */
  | {
      type: 'concealed';
      masked: number;
      blocked: number;
      unmatched: readonly string[];
      invalid: readonly string[];
    };

export const SPEED_MIN = 0.5;
export const SPEED_MAX = 16;
