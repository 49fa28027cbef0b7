// The map of a recording laid out in time: all that can be drawn and looked up before, and without,
// any of its events. Times are milliseconds from the start of the timeline, unless they say
// otherwise.
import { firstThatNot } from '../../shared/search.ts';
import type { Chunk, ChunkMap, SessionDetails, Visit } from '../api.ts';
import { gapWords, rangesWords } from '../completeness.ts';
import { Lineup } from './lineup.ts';

/** A chunk and its stretch of the timeline. */
export interface PlacedChunk extends Omit<Chunk, 'from_ms' | 'to_ms'> {
  /** `<stream>.<first>`, as the server names it. */
  address: string;
  from_ms: number;
  to_ms: number;
  /** What is to be added to its visitor's clock to get milliseconds since 1970 on one clock. */
  shift_ms: number;
}

/** A page from the moment it came up to the next. */
export interface Segment {
  from_ms: number;
  to_ms: number;
  url: string;
  title: string;
}

/** A stretch of which something is missing. */
export interface Hole {
  from_ms: number;
  to_ms: number;
  text: string;
}

export interface Timeline {
  /** Milliseconds since 1970, by the visitor's first clock. */
  start_ms: number;
  duration_ms: number;
  chunks: readonly PlacedChunk[];
  /** Inflated bytes before each chunk, and of all as the last. */
  raw_bytes: readonly number[];
  /** The chunks in which a keyframe begins. */
  keyframes: readonly number[];
  pages: readonly Segment[];
  /** Events per slice, all slices equally long. */
  activity: readonly number[];
  holes: readonly Hole[];
  /** There are more chunks than the server tells of. */
  cut: boolean;
}

const SLICES = 240;

export function timelineOf(map: ChunkMap, session: SessionDetails): Timeline {
  const { start_ms, chunks } = placed(map);
  const duration_ms = chunks.at(-1)?.to_ms ?? 0;
  const byStream = grouped(map.streams, chunks);
  return {
    start_ms,
    duration_ms,
    chunks,
    raw_bytes: sums(chunks),
    keyframes: chunks.flatMap(({ keyframe }, index) => (keyframe ? [index] : [])),
    pages: segments(marks(session.pages_visited, byStream, start_ms), duration_ms),
    activity: activity(chunks, duration_ms),
    holes: holes(session, byStream),
    cut: map.cut,
  };
}

/** The last chunk that begins at or before a moment; -1 when none does. */
export function chunkAt({ chunks }: Timeline, at_ms: number): number {
  return lastThat(chunks, ({ from_ms }) => from_ms <= at_ms);
}

/**
 * The chunk to begin with so that a moment can be shown: the last in which a keyframe begins that is
 * not later, else the first of all. Undefined where no keyframe is. `without` are not to be used.
 */
export function keyframeFor(
  { chunks, keyframes }: Timeline,
  at_ms: number,
  without: ReadonlySet<number> = new Set(),
): number | undefined {
  const usable = keyframes.filter((index) => !without.has(index));
  // Where within its chunk a keyframe lies is not known, but that a stream begins with one.
  const isBefore = (index: number) => {
    const chunk = chunks[index];
    if (chunk === undefined) return false;
    return chunk.to_ms <= at_ms || (chunk.first === 1 && chunk.from_ms <= at_ms);
  };
  return usable.findLast(isBefore) ?? usable[0];
}

/** The page at a moment. */
export function segmentAt(pages: readonly Segment[], at_ms: number): number {
  return Math.max(
    0,
    lastThat(pages, ({ from_ms }) => from_ms <= at_ms),
  );
}

/** The index of the last item that holds, where all that hold come first; -1 when none does. */
function lastThat<T>(items: readonly T[], holds: (item: T) => boolean): number {
  return firstThatNot(items.length, (index) => holds(items[index] as T)) - 1;
}

function placed(map: ChunkMap): { start_ms: number; chunks: PlacedChunk[] } {
  const lineup = new Lineup();
  const start_ms = map.chunks.find(({ from_ms }) => from_ms !== null)?.from_ms ?? 0;
  let latest = start_ms;
  const chunks = map.chunks.map((chunk) => {
    let from = latest;
    let shift_ms = lineup.shift;
    if (chunk.from_ms !== null && chunk.to_ms !== null) {
      from = lineup.place(chunk.from_ms);
      shift_ms = lineup.shift;
      latest = lineup.place(chunk.to_ms);
    }
    const address = `${map.streams[chunk.stream]}.${chunk.first}`;
    return { ...chunk, address, from_ms: from - start_ms, to_ms: latest - start_ms, shift_ms };
  });
  return { start_ms, chunks };
}

function sums(chunks: readonly PlacedChunk[]): number[] {
  const found = [0];
  let sum = 0;
  for (const { raw_bytes } of chunks) {
    sum += raw_bytes;
    found.push(sum);
  }
  return found;
}

type ByStream = ReadonlyMap<string, readonly PlacedChunk[]>;

function grouped(streams: readonly string[], chunks: readonly PlacedChunk[]): ByStream {
  const found = new Map<string, PlacedChunk[]>();
  for (const chunk of chunks) {
    const stream = streams[chunk.stream] ?? '';
    const own = found.get(stream);
    if (own) own.push(chunk);
    else found.set(stream, [chunk]);
  }
  return found;
}

/** When each page came up; pages of streams without a chunk have no place in time. */
function marks(visits: readonly Visit[], byStream: ByStream, start_ms: number) {
  const clocks = new Map([...byStream].map(([stream, own]) => [stream, clocksOf(own)]));
  return visits.flatMap(({ at_ms, url, title, cause, stream }) => {
    const own = clocks.get(stream);
    const first = own?.[0];
    if (own === undefined || first === undefined) return [];
    if (cause === 'load') return [{ at_ms: first.from_ms, url, title }];
    const on = ({ shift_ms }: Clock) => at_ms + shift_ms - start_ms;
    const clock = own.findLast((each) => each.from_ms <= on(each)) ?? first;
    return [{ at_ms: Math.min(clock.to_ms, Math.max(clock.from_ms, on(clock))), url, title }];
  });
}

/** A stretch over which a stream's clock was left alone. */
type Clock = Pick<PlacedChunk, 'from_ms' | 'to_ms' | 'shift_ms'>;

function clocksOf(own: readonly PlacedChunk[]): Clock[] {
  const clocks: Clock[] = [];
  for (const { from_ms, to_ms, shift_ms } of own) {
    const previous = clocks.at(-1);
    if (previous?.shift_ms === shift_ms) previous.to_ms = to_ms;
    else clocks.push({ from_ms, to_ms, shift_ms });
  }
  return clocks;
}

/** One segment from each page to the next; a page that comes up again at once is one page. */
function segments(
  found: readonly { at_ms: number; url: string; title: string }[],
  duration_ms: number,
): Segment[] {
  const pages: Segment[] = [];
  for (const { at_ms, url, title } of found) {
    const previous = pages.at(-1);
    if (previous?.url === url) {
      if (title !== '') previous.title = title;
      continue;
    }
    const from_ms = Math.min(duration_ms, Math.max(previous?.from_ms ?? 0, at_ms));
    if (previous) previous.to_ms = from_ms;
    pages.push({ from_ms: previous ? from_ms : 0, to_ms: duration_ms, url, title });
  }
  return pages;
}

/** The events of a chunk, spread over its stretch. */
function activity(chunks: readonly PlacedChunk[], duration_ms: number): number[] {
  const slices = new Array<number>(SLICES).fill(0);
  const sliceOf = (at_ms: number) =>
    duration_ms === 0 ? 0 : Math.min(SLICES - 1, Math.floor((at_ms / duration_ms) * SLICES));
  for (const { from_ms, to_ms, events } of chunks) {
    const first = sliceOf(from_ms);
    const last = sliceOf(to_ms);
    const share = events / (last - first + 1);
    for (let slice = first; slice <= last; slice += 1) slices[slice] = (slices[slice] ?? 0) + share;
  }
  return slices;
}

/** Numbers that are missing, between the chunks around them. */
function holes({ streams }: SessionDetails, byStream: ByStream): Hole[] {
  const found: Hole[] = [];
  for (const stream of streams) {
    const own = byStream.get(stream.id);
    if (own === undefined) continue;
    const around = (first: number, last: number, text: string) => {
      const before = own[lastThat(own, (chunk) => chunk.last < first)];
      const after = own[lastThat(own, (chunk) => chunk.first <= last) + 1];
      const from_ms = before?.to_ms ?? own[0]?.from_ms ?? 0;
      return { from_ms, to_ms: Math.max(from_ms, after?.from_ms ?? from_ms), text };
    };
    for (const gap of stream.gaps) found.push(around(gap.first, gap.last, gapWords(gap)));
    for (const [first, last] of stream.missing) {
      found.push(around(first, last, `${rangesWords([[first, last]])} did not arrive.`));
    }
  }
  return found.toSorted((one, next) => one.from_ms - next.from_ms);
}
