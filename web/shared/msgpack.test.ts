import { describe, expect, it } from 'vitest';
import {
  decode,
  ENVELOPE,
  EVENT,
  MalformedError,
  Reader,
  TooLargeError,
  TruncatedError,
  type Value,
} from './msgpack.ts';
import { encode, Writer } from './pack.ts';
import { limits } from './settings.ts';

function bytesOf(value: Value): number[] {
  return [...encode(value)];
}

function nested(levels: number): Value {
  let value: Value = 1;
  for (let level = 0; level < levels; level += 1) value = level % 2 ? { a: value } : [value];
  return value;
}

describe('msgpack', () => {
  it('writes whole numbers in their shortest form', () => {
    expect(bytesOf(0)).toEqual([0]);
    expect(bytesOf(127)).toEqual([0x7f]);
    expect(bytesOf(128)).toEqual([0xcc, 0x80]);
    expect(bytesOf(256)).toEqual([0xcd, 1, 0]);
    expect(bytesOf(65536)).toEqual([0xce, 0, 1, 0, 0]);
    expect(bytesOf(2 ** 32)).toEqual([0xcf, 0, 0, 0, 1, 0, 0, 0, 0]);
    expect(bytesOf(-32)).toEqual([0xe0]);
    expect(bytesOf(-33)).toEqual([0xd0, 0xdf]);
    expect(bytesOf(-129)).toEqual([0xd1, 0xff, 0x7f]);
    expect(bytesOf(-32769)).toEqual([0xd2, 0xff, 0xff, 0x7f, 0xff]);
    expect(bytesOf(-(2 ** 31) - 1)).toEqual([0xd3, 255, 255, 255, 255, 0x7f, 255, 255, 255]);
  });

  it.each([
    0,
    1,
    -1,
    31,
    32,
    127,
    128,
    255,
    256,
    65535,
    65536,
    2 ** 31,
    2 ** 32 - 1,
    2 ** 32,
    -32,
    -33,
    -128,
    -129,
    -32768,
    -32769,
    -(2 ** 31),
    -(2 ** 31) - 1,
    Number.MAX_SAFE_INTEGER,
    Number.MIN_SAFE_INTEGER,
    0.5,
    -0,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1e300,
    2 ** 53,
  ])('reads the number %d as it was written', (number) => {
    expect(decode(encode(number), EVENT)).toBe(number);
  });

  it.each([0, 1, 10, 11, 31, 32, 255, 256, 65535, 65536, 100_000])(
    'reads text, bytes, arrays and maps of size %d as they were written',
    (size) => {
      const values = Array.from({ length: size }, (_, at) => at % 7);
      const map = Object.fromEntries(values.map((value, at) => [`k${at}`, value]));
      const all = ['x'.repeat(size), 'ü€🛒'.repeat(size), new Uint8Array(size), values, map];
      expect(decode(encode(all), EVENT)).toEqual(all);
    },
  );

  it('leaves undefined members out, keeps nulls, and writes undefined elements as nil', () => {
    const writer = new Writer();
    writer.value({ a: undefined, b: null, c: [undefined], d: { e: undefined } });
    expect(decode(writer.slice(), EVENT)).toEqual({ b: null, c: [null], d: {} });
  });

  it.each([0, 31, 63, 64, 65, 300])('reads %d characters, plain or not', (length) => {
    for (const text of ['a\0\x7f', 'é', '茶', '\ud83c\udf75']) {
      const whole = text.repeat(length);
      expect(decode(encode(whole), EVENT)).toBe(whole);
    }
  });

  it('replaces half a character', () => {
    expect(decode(encode('a\ud800b'), EVENT)).toBe('a\ufffdb');
  });

  it('writes and reads the deepest page there is, and nothing deeper', () => {
    const page = nested(1032);
    expect(decode(encode(page), EVENT)).toEqual(page);
    const deepest = nested(limits.nesting_max);
    expect(encode(decode(encode(deepest), EVENT))).toEqual(encode(deepest));
    expect(() => encode(nested(limits.nesting_max + 1))).toThrow(TooLargeError);
    expect(() => encode(nested(200_000))).toThrow(TooLargeError);
    const array = new Uint8Array(limits.nesting_max + 2).fill(0x91);
    expect(() => decode(array, EVENT)).toThrow('nested too deep');
  });

  it('is where it was after a value that does not fit', () => {
    const writer = new Writer();
    writer.value('first');
    const { length } = writer;
    expect(() => writer.value([1, 2, 3, 'x'.repeat(limits.string_bytes_max + 1)])).toThrow(
      TooLargeError,
    );
    expect(writer.length).toBe(length);
    writer.value('second');
    const reader = new Reader(writer.slice(), EVENT);
    expect([reader.value(), reader.value(), reader.done]).toEqual(['first', 'second', true]);
  });

  it('keeps what follows when the beginning is discarded, and lets large memory go', () => {
    const writer = new Writer();
    writer.value('x'.repeat(1_000_000));
    const start = writer.length;
    writer.value('rest');
    writer.discard(start);
    expect(decode(writer.slice(), EVENT)).toBe('rest');
    expect(writer.bytes.length).toBeLessThan(100_000);
  });

  it('takes no memory on the word of a declared length', () => {
    for (const mark of [0xdd, 0xdf, 0xc6, 0xdb]) {
      const bytes = new Uint8Array([mark, 0x7f, 0xff, 0xff, 0xff]);
      expect(() => decode(bytes, EVENT)).toThrow(MalformedError);
    }
  });

  it('refuses every beginning of a value', () => {
    const whole = encode([1, -1, 300, 70000, 2 ** 40, 'text', { key: [null, true, 0.5] }]);
    for (let size = 0; size < whole.length; size += 1) {
      expect(() => decode(whole.subarray(0, size), EVENT)).toThrow(TruncatedError);
    }
  });

  it('sets no prototype', () => {
    const value = decode(new Uint8Array([0x81, 0xa9, ...Buffer.from('__proto__'), 0x90]), EVENT);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  it('repairs text of events that is not UTF-8, and refuses it in messages', () => {
    const bytes = new Uint8Array([0x91, 0xa3, 0x61, 0xff, 0x62]);
    expect(decode(bytes, EVENT)).toEqual(['a\ufffdb']);
    expect(() => decode(bytes, ENVELOPE)).toThrow('not UTF-8');
  });

  it.each([
    ['nil', [0xc0]],
    ['true', [0xc3]],
    ['a number', [0x07]],
    ['a float', [0xcb, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['bytes', [0xc4, 1, 7]],
  ])('leaves out what stands under %s', (_, key) => {
    const bytes = new Uint8Array([0x82, ...key, 0x91, 0x01, 0xa1, 0x61, 0x02]);
    expect(decode(bytes, EVENT)).toEqual({ a: 2 });
  });

  it.each([0x90, 0x80])('refuses the key %d, an array or a map', (key) => {
    expect(() => decode(new Uint8Array([0x81, key, 1]), EVENT)).toThrow(MalformedError);
  });

  it('has no room for floats, maps, depth and items in a message', () => {
    expect(() => decode(encode([0.5]), ENVELOPE)).toThrow('whole numbers');
    expect(() => decode(encode({}), ENVELOPE)).toThrow('no maps');
    expect(() => decode(new Uint8Array(10).fill(0x91), ENVELOPE)).toThrow('too deep');
    expect(() => decode(encode(new Array(2000).fill(1)), ENVELOPE)).toThrow('too many');
  });
});
