import { EventType } from '@rrweb/types';
import { expect, it, vi } from 'vitest';
import type { Value } from '../../shared/msgpack.ts';
import { encode } from '../../shared/pack.ts';
import { RecordingReader, readRecording } from './recording.ts';

const BATCH = 2;
const PAGE = 3;

function stored(...values: Value[]): Uint8Array {
  const encoded = values.map((value) => encode(value));
  return Uint8Array.from(encoded.flatMap((bytes) => [...bytes]));
}

function batch(number: number, ...events: Value[]): Value {
  const payload = stored(...events);
  return [0, [BATCH, number, 0, 0, events.length, 0, 0, 0, 0, 0, 0, 0, payload.length, payload]];
}

function head(stream: number): Value {
  return [new Uint8Array(8).fill(stream), 1, 1];
}

function meta(timestamp: number, href: string): Value {
  return { type: EventType.Meta, timestamp, data: { href, width: 800, height: 600 } };
}

const page: Value = [0, [PAGE, 2, 1_500, ['/b', 'B', '', 800, 600, 'UTC'], 1]];

it('gives events and pages of all streams on one clock', () => {
  const reader = new RecordingReader();
  const bytes = stored(
    head(1),
    batch(1, meta(1_000, '/a')),
    page,
    head(2),
    batch(1, meta(900, '/c')),
  );
  const events = [...reader.push(bytes.slice(0, 40)), ...reader.push(bytes.slice(40))];
  expect(events.map(({ timestamp }) => timestamp)).toEqual([1_000, 1_500]);
  expect(reader.pages).toEqual([
    { at_ms: 1_000, url: '/a', title: '' },
    { at_ms: 1_500, url: '/b', title: 'B' },
    { at_ms: 1_500, url: '/c', title: '' },
  ]);
});

it('counts what cannot be read and goes on', () => {
  const reader = new RecordingReader();
  const broken: Value = [0, [BATCH, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, Uint8Array.of(0xc1)]];
  const never = { type: EventType.Meta, timestamp: 1e300, data: {} };
  const values = [null, 7, {}, never, meta(1_000, '/a')];
  const events = reader.push(stored(head(1), broken, [0, 'no message'], batch(2, ...values)));
  expect(events).toHaveLength(1);
  expect(reader.damaged).toBe(6);
  expect(reader.complete).toBe(true);
});

it.each([[undefined], [null], [7], [{ href: { toString: 1, valueOf: 1 } }]])(
  'reads on after a meta event with the data %j',
  (data) => {
    const reader = new RecordingReader();
    const event = { type: EventType.Meta, timestamp: 1_000, data: data as Value };
    const events = reader.push(stored(head(1), batch(1, event, meta(2_000, '/a'))));
    expect(events).toHaveLength(2);
    expect(reader.pages.map(({ url }) => url)).toEqual(['', '/a']);
  },
);

it('keeps what came before bytes that cannot be read, and says that the rest is missing', () => {
  const reader = new RecordingReader();
  const bytes = stored(head(1), batch(1, meta(1_000, '/a')));
  expect(reader.push(Uint8Array.of(...bytes, 0xc1, 1, 2))).toHaveLength(1);
  expect(reader.push(bytes)).toEqual([]);
  expect([reader.damaged, reader.complete]).toEqual([1, false]);
});

it('keeps a beginning when the connection breaks', async () => {
  const bytes = stored(head(1), batch(1, meta(1_000, '/a')));
  let sent = false;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent) controller.error(new TypeError('network error'));
      else controller.enqueue(bytes);
      sent = true;
    },
  });
  vi.stubGlobal('fetch', async () => new Response(body));
  const events: unknown[] = [];
  const listener = {
    events: (more: readonly unknown[]) => events.push(...more),
    progress: () => undefined,
  };
  const recording = await readRecording('id', listener, new AbortController().signal);
  vi.unstubAllGlobals();
  expect(events).toHaveLength(1);
  expect(recording.cut).toBe(true);
});
