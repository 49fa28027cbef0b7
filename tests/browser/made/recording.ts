// A long visit, made instead of lived: its hour is by the visitor's clock, so it is sent in seconds.
import { deflateRawSync } from 'node:zlib';
import settings from '../../../protocol/settings.json' with { type: 'json' };
import type { Value } from '../../../web/shared/msgpack.ts';
import { encode } from '../../../web/shared/pack.ts';
import { KEYFRAME, type Numbered, type RecorderMessages } from '../../../web/shared/wire.ts';
import { seeded } from '../decisive.ts';
import type { Event } from '../harness/recording.ts';
import { MadePage } from './page.ts';

const { intervals, keyframe } = settings;

/** What to make. */
export type Wanted = {
  readonly user: string;
  readonly duration_ms: number;
  readonly pages: number;
  /** So much, inflated, by more and more changes of the page. */
  readonly raw_bytes?: number;
  /** Messages of so much time are sent together and become a chunk; without it as in a visit that is lived. */
  readonly run_ms?: number;
  readonly seed?: number;
};

/** One page load: what its hello says of the page, and its messages in runs that are sent together. */
export type MadeStream = {
  readonly page: RecorderMessages['hello']['page'];
  readonly runs: Iterable<readonly Numbered[]>;
};

/** A visitor works for a while, then looks away. */
const WORKS_S = 50;
const AWAY_S = 25;
const SECOND = 1_000;
/** Seconds of one batch: the rate of batches is limited, however much time lies between them. */
const BATCH_S = 2;
/** What a second of work and the keyframes weigh without further changes, measured. */
const QUIET_BYTES_PER_S = 1_600;
const ROWS_MAX = 190;
/** One row of the table that is replaced by another. */
const ROW_BYTES = 500;
/** A server flushes at least each second; somebody at work sends something in every second one. */
const RUN_MS = 2_000;

/** The page loads of a visit that began at `start_ms` by the visitor's clock. */
export function* made(origin: string, start_ms: number, wanted: Wanted): Generator<MadeStream> {
  const random = seeded(wanted.seed ?? 1);
  const length_ms = wanted.duration_ms / wanted.pages;
  for (let at = 0; at < wanted.pages; at += 1) {
    const path = ['/orders', '/customers', '/stock', '/reports'][at % 4];
    const page = new MadePage(`${origin}${path}/${at + 1}`, `Page ${at + 1} · The shop`, random);
    yield {
      page: {
        url: page.url,
        title: page.title,
        referrer: '',
        viewport_width: 1280,
        viewport_height: 800,
        time_zone: 'Europe/Berlin',
      },
      runs: runsOf(page, wanted, start_ms + at * length_ms, length_ms),
    };
  }
}

function changesPerSecond({ raw_bytes, duration_ms }: Wanted): number {
  const per_s = ((raw_bytes ?? 0) / duration_ms) * SECOND - QUIET_BYTES_PER_S;
  return Math.max(0, per_s / ROW_BYTES);
}

/** One second after the other; seconds in which nothing happens are left out. */
function* batchesOf(
  page: MadePage,
  wanted: Wanted,
  start_ms: number,
  length_ms: number,
): Generator<RecorderMessages['batch']> {
  const changes = changesPerSecond(wanted);
  let number = 1;
  let tail_bytes = Number.POSITIVE_INFINITY;
  let keyframe_ms = start_ms;
  let owed = 0;
  for (let at = start_ms; at < start_ms + length_ms; at += BATCH_S * SECOND) {
    const isKeyframe =
      tail_bytes > keyframe.tail_bytes || at - keyframe_ms >= intervals.keyframe_tail_ms;
    const works = ((at - start_ms) / SECOND) % (WORKS_S + AWAY_S) < WORKS_S;
    owed += changes * BATCH_S;
    const rows = Math.min(Math.floor(owed), ROWS_MAX);
    owed -= rows;
    const events = [
      ...(isKeyframe ? page.keyframe(at) : []),
      ...(works ? [...page.second(at), ...page.second(at + SECOND)] : []),
      ...(rows > 0 ? [page.refreshed(at + BATCH_S * SECOND - 10, rows)] : []),
    ];
    if (events.length === 0) continue;
    number += 1;
    const batch = batchOf(number, events, isKeyframe);
    tail_bytes = isKeyframe ? 0 : tail_bytes + batch.inflated_bytes;
    if (isKeyframe) keyframe_ms = at;
    yield batch;
  }
}

/** Preceded by who the visitor is, and followed by the end. */
function* runsOf(
  page: MadePage,
  wanted: Wanted,
  start_ms: number,
  length_ms: number,
): Generator<readonly Numbered[]> {
  const user: Numbered = {
    kind: 'identify',
    number: 1,
    at_ms: start_ms,
    user: wanted.user,
    traits: [],
  };
  let run: Numbered[] = [user];
  let run_ms = start_ms;
  let number = 1;
  for (const batch of batchesOf(page, wanted, start_ms, length_ms)) {
    if (batch.first_event_ms >= run_ms + (wanted.run_ms ?? RUN_MS)) {
      yield run;
      run = [];
      run_ms = batch.first_event_ms;
    }
    run.push(batch);
    number = batch.number;
  }
  yield [
    ...run,
    { kind: 'end', number: number + 1, at_ms: start_ms + length_ms, cause: 'page_hidden' },
  ];
}

function batchOf(
  number: number,
  events: readonly Event[],
  isKeyframe: boolean,
): RecorderMessages['batch'] {
  const bytes = Buffer.concat(events.map((event) => encode(event as unknown as Value)));
  const times = events.map(({ timestamp }) => timestamp);
  const countOf = (source: number) =>
    events.filter(({ type, data }) => type === 3 && (data as { source: number }).source === source)
      .length;
  return {
    kind: 'batch',
    number,
    first_event_ms: Math.min(...times),
    last_event_ms: Math.max(...times),
    events: events.length,
    flags: isKeyframe ? KEYFRAME : 0,
    part: 0,
    parts: 0,
    clicks: countOf(2) / 3,
    inputs: countOf(5),
    errors: 0,
    encoding: 'deflate_raw',
    inflated_bytes: bytes.length,
    payload: Uint8Array.from(deflateRawSync(bytes, { level: 1 })),
  };
}
