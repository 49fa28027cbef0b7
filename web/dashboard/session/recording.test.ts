import { EventType } from '@rrweb/types';
import { expect, it } from 'vitest';
import { encode, type Value } from '../../shared/msgpack.ts';
import { RecordingReader } from './recording.ts';

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
  const events = reader.push(stored(head(1), broken, batch(2, null, 7, {}, meta(1_000, '/a'))));
  expect(events).toHaveLength(1);
  expect(reader.damaged).toBe(1);
});
