import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { closeNamed, closeOf, retryAfterMs } from './close.ts';
import { hex } from './hex.ts';
import { decode, ENVELOPE, MalformedError, type Value } from './msgpack.ts';
import { closeCodes } from './settings.ts';
import { StoredReader } from './stored.ts';
import {
  decodeServerMessages,
  encodeRecorderMessage,
  encodeServerMessage,
  RECORDER_KINDS,
  type RecorderMessage,
  recorderMessageOf,
  SERVER_KINDS,
  type ServerMessage,
  serverMessageOf,
} from './wire.ts';

const folder = fileURLToPath(new URL('../../protocol/vectors/', import.meta.url));

type Twin = { readonly [name: string]: unknown };

function vectors(below: string): { name: string; bytes: Uint8Array; twin: Twin }[] {
  return readdirSync(folder + below)
    .filter((file) => file.endsWith('.bin'))
    .map((file) => {
      const path = folder + below + file.slice(0, -4);
      const twin = JSON.parse(readFileSync(`${path}.json`, 'utf8')) as Twin;
      return { name: file.slice(0, -4), bytes: new Uint8Array(readFileSync(`${path}.bin`)), twin };
    });
}

/** As the JSON twins show bytes: hexadecimal digits, and a session as a UUID. */
function readable(value: unknown, name = ''): unknown {
  if (value instanceof Uint8Array) {
    const digits = hex(value);
    const uuid = digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    return name === 'session' ? uuid : digits;
  }
  if (Array.isArray(value)) return value.map((each) => readable(each));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, readable(each, key)]));
}

function decodeStored(bytes: Uint8Array) {
  const reader = new StoredReader();
  const stored = reader.push(bytes);
  reader.finish();
  if (reader.damaged > 0) throw new MalformedError('damaged');
  return stored;
}

const good = vectors('');
const fromRecorder = good.filter(({ twin }) => RECORDER_KINDS.includes(String(twin['kind'])));
const fromServer = good.filter(({ twin }) => SERVER_KINDS.includes(String(twin['kind'])));
const stored = good.filter(({ twin }) => 'records' in twin);

describe('wire', () => {
  it('has a vector for every kind, and knows every vector', () => {
    const seen = new Set([...fromRecorder, ...fromServer].map(({ twin }) => twin['kind']));
    expect([...seen].sort()).toEqual([...RECORDER_KINDS, ...SERVER_KINDS].sort());
    expect(fromRecorder.length + fromServer.length + stored.length).toBe(good.length);
  });

  it.each(fromRecorder)('reads and writes $name', ({ bytes, twin }) => {
    const message = recorderMessageOf(decode(bytes, ENVELOPE)) as RecorderMessage;
    expect(readable(message)).toEqual(twin);
    expect(hex(encodeRecorderMessage(message))).toBe(hex(bytes));
  });

  it.each(fromServer)('reads and writes $name', ({ bytes, twin }) => {
    const message = serverMessageOf(decode(bytes, ENVELOPE)) as ServerMessage;
    expect(readable(message)).toEqual(twin);
    expect(hex(encodeServerMessage(message))).toBe(hex(bytes));
  });

  it.each(stored)('reads $name', ({ bytes, twin }) => {
    const { head, records } = twin as { head: Twin; records: readonly Twin[] };
    const chunk = { ...head, damaged: 0 };
    const expected = records.map((record) => ({ chunk, stream: head['stream'], ...record }));
    expect(readable(decodeStored(bytes))).toEqual(expected);
  });

  it.each(vectors('bad/'))('refuses $name: $twin.why', ({ bytes, twin }) => {
    const read = {
      recorder: () => recorderMessageOf(decode(bytes, ENVELOPE)),
      server: () => serverMessageOf(decode(bytes, ENVELOPE)),
      stored: () => decodeStored(bytes),
    }[String(twin['from'])];
    expect(read).toBeDefined();
    expect(read).toThrow(MalformedError);
  });

  it('skips an unknown kind below 64', () => {
    expect(recorderMessageOf([20, 'anything'])).toBeNull();
    expect(serverMessageOf([63])).toBeNull();
    expect(decodeServerMessages(new Uint8Array([0x91, 50, 0x92, 34, 5]))).toEqual([
      { kind: 'credit', credit_bytes: 5 },
    ]);
  });

  it('refuses a message where a value of another shape stands', () => {
    const shapes: Value[] = [null, 1, 'x', {}, [], ['2'], [[2]]];
    for (const shape of shapes) expect(() => recorderMessageOf(shape)).toThrow(MalformedError);
  });
});

describe('close codes', () => {
  it('are the ones of the vectors', () => {
    const twin = JSON.parse(readFileSync(`${folder}close_codes.json`, 'utf8')) as Twin[];
    expect(closeCodes.map(({ code }) => closeOf(code))).toEqual(twin);
    for (const { code, name } of closeCodes) {
      expect(closeNamed(name)?.code).toBe(code);
      expect(good.some(({ twin: { kind, code: its } }) => kind === 'stop' && its === code)).toBe(
        true,
      );
    }
  });

  it.each([
    ['restart:come back; retry_after_ms=2000', 2000],
    ['limited:retry_after_ms=0', 0],
    ['{"code":"limited","message":"m","retry_after_ms":1500}', 1500],
    ['{ "retry_after_ms" : 1500 }', 1500],
    ['{"retry_after_ms":null}', null],
    ['limited:retry_after_ms=', null],
    ['', null],
  ])('say in %s how long to wait', (told, wait) => {
    expect(retryAfterMs(told)).toBe(wait);
  });

  it('that nobody listed are worth another try', () => {
    expect(closeOf(1006)).toMatchObject({ retry: 'jitter' });
  });
});
