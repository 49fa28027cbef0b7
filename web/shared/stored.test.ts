import { describe, expect, it } from 'vitest';
import type { Value } from './msgpack.ts';
import { encode } from './pack.ts';
import { EventReader, type Stored, StoredReader } from './stored.ts';
import type { RecorderMessages } from './wire.ts';

const stream = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]);

function batch(number: number, payload: Uint8Array, part = 0, parts = 0): Value[] {
  const events = part === parts ? 1 : 0;
  return [2, number, 5, 6, events, 0, part, parts, 0, 0, 0, 0, payload.length, payload];
}

function body(...messages: Value[][]): Uint8Array {
  const values = [[stream, 1, messages.length], ...messages.map((message) => [7, message])];
  return Uint8Array.from(values.flatMap((value) => [...encode(value as Value)]));
}

function events(reader: EventReader, stored: readonly Stored[]): unknown[] {
  return stored.flatMap((each) => reader.events(each).map(({ event }) => event));
}

const event = { type: 3, data: { text: 'x'.repeat(100) }, timestamp: 9 };
const bytes = encode(event);

describe('stored form', () => {
  it('reads the same whatever the pieces', () => {
    const whole = body(batch(1, bytes), [5, 2, 9, 'key', 'value'], batch(3, bytes));
    for (const size of [1, 7, 100, whole.length]) {
      const reader = new StoredReader();
      const stored: Stored[] = [];
      for (let at = 0; at < whole.length; at += size) {
        stored.push(...reader.push(whole.slice(at, at + size)));
      }
      reader.finish();
      expect(stored.map(({ message }) => message.kind)).toEqual(['batch', 'tag', 'batch']);
      expect(stored.every((each) => each.stream === '0102030405060708')).toBe(true);
      expect(events(new EventReader(), stored)).toEqual([event, event]);
    }
  });

  it('joins an event that travelled in parts, also over chunks', () => {
    const cut = [bytes.slice(0, 50), bytes.slice(50, 90), bytes.slice(90)];
    const reader = new StoredReader();
    const assembler = new EventReader();
    const first = cut.slice(0, 2).map((piece, at) => batch(at + 1, piece, at + 1, 3));
    const found = events(assembler, reader.push(body(...first)));
    found.push(...events(assembler, reader.push(body(batch(3, cut[2] as Uint8Array, 3, 3)))));
    expect(found).toEqual([event]);
  });

  it.each([
    ['the first', [2, 3]],
    ['a middle one', [1, 3]],
    ['the last', [1, 2]],
  ])('leaves out an event of which %s part is missing, and reads on', (_, kept) => {
    const cut = [bytes.slice(0, 50), bytes.slice(50, 90), bytes.slice(90)];
    const parts = kept.map((part) => batch(part, cut[part - 1] as Uint8Array, part, 3));
    const stored = new StoredReader().push(body(...parts, batch(4, bytes)));
    expect(events(new EventReader(), stored)).toEqual([event]);
  });

  it('leaves out a custom message that it cannot read, and reads on', () => {
    const custom = (number: number, ...payload: number[]): Value[] => {
      return [6, number, 5, 'name', Uint8Array.from(payload)];
    };
    const reader = new StoredReader();
    const stored = reader.push(
      body(custom(1, 0xa1, 0xff), custom(2, 0x81, 7, 7), custom(3, 0xc1), batch(4, bytes)),
    );
    expect(stored.map(({ message }) => message.number)).toEqual([1, 2, 4]);
    expect([reader.damaged, reader.complete]).toEqual([1, true]);
  });

  it('keeps the events before one that it cannot read', () => {
    const reader = new EventReader();
    const payload = Uint8Array.of(...bytes, ...encode(null), ...bytes, 0xc1, ...bytes);
    expect(events(reader, new StoredReader().push(body(batch(1, payload))))).toEqual([
      event,
      event,
    ]);
    expect(reader.damaged).toBe(2);
  });

  it('tells what chunks say of themselves, and counts the damage of each', () => {
    const reader = new StoredReader();
    reader.push(Uint8Array.of(...body(batch(1, bytes)), ...body([9, 9], batch(2, bytes))));
    expect(reader.chunks).toEqual([
      { stream: '0102030405060708', first_number: 1, last_number: 1, damaged: 0 },
      { stream: '0102030405060708', first_number: 1, last_number: 2, damaged: 1 },
    ]);
  });

  it('has no events in other messages', () => {
    const end: RecorderMessages['end'] = { kind: 'end', number: 1, at_ms: 1, cause: 'stopped' };
    const chunk = { stream: '', first_number: 1, last_number: 1, damaged: 0 };
    const stored = { chunk, stream: '', received_at_ms: 1, message: end };
    expect(new EventReader().events(stored)).toEqual([]);
  });
});
