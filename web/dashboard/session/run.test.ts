import { expect, it } from 'vitest';
import type { Value } from '../../shared/msgpack.ts';
import { EventReader } from '../../shared/stored.ts';
import { ApiError } from '../api.ts';
import {
  batchOf,
  FakeServer,
  headOf,
  joined,
  mapOf,
  START_MS,
  seconds,
  sessionOf,
  storedOf,
} from './made.ts';
import { type Piece, Run, type Source } from './run.ts';
import { type Timeline, timelineOf } from './timeline.ts';

const map = mapOf(seconds(6));
const timeline = timelineOf(map, sessionOf());

interface Read {
  pieces: Piece[];
  attempts: number[];
}

async function read(source: Source, [begin, end] = [0, 6], of: Timeline = timeline): Promise<Read> {
  const pieces: Piece[] = [];
  const attempts: number[] = [];
  const { signal } = new AbortController();
  const run = new Run(of, [begin ?? 0, end ?? 0], source, new EventReader(), signal, (attempt) =>
    attempts.push(attempt),
  );
  for await (const piece of run.pieces()) pieces.push(piece);
  return { pieces, attempts };
}

const faults = ({ pieces }: Read) => pieces.map(({ fault }) => fault);

it('reads a run with one request, each event on the one clock', async () => {
  const server = new FakeServer(map);
  const { pieces } = await read(server, [1, 4]);
  expect(server.asked).toEqual([[1, 3]]);
  expect(pieces.map(({ index }) => index)).toEqual([1, 2, 3]);
  expect(pieces.flatMap(({ events }) => events.map(({ timestamp }) => timestamp))).toEqual(
    [1_000, 1_900, 2_000, 2_900, 3_000, 3_900].map((at) => START_MS + at),
  );
});

it('asks for a chunk that cannot be read alone, passes over it, and reads on', async () => {
  const server = new FakeServer(map);
  server.unreadable.add(2);
  const found = await read(server);
  expect(faults(found)).toEqual([null, null, 'unreadable', null, null, null]);
  expect(server.asked).toEqual([
    [0, 5],
    [2, 2],
    [3, 5],
  ]);
});

it('passes over a chunk that is gone', async () => {
  const server = new FakeServer(map);
  server.gone.add(0).add(3).add(5);
  expect(faults(await read(server))).toEqual(['gone', null, null, 'gone', null, 'gone']);
});

it('takes no notice of a chunk that came after the map', async () => {
  const server = new FakeServer(map);
  const early = timelineOf({ ...map, chunks: map.chunks.filter((_, at) => at !== 2) }, sessionOf());
  const { pieces } = await read(server, [0, 5], early);
  expect(pieces.map(({ events }) => events.length)).toEqual([2, 2, 2, 2, 2]);
});

it('tries again, ever later, and says so, until the server is back', async () => {
  const server = new FakeServer(map);
  server.away = 3;
  const found = await read(server);
  expect(faults(found)).toEqual([null, null, null, null, null, null]);
  expect(found.attempts).toEqual([1, 2, 3]);
  expect(server.waits).toEqual([500, 1_000, 2_000]);
});

it('gives up when the server stays away', async () => {
  const server = new FakeServer(map);
  server.away = 99;
  await expect(read(server)).rejects.toMatchObject({ code: 'unreachable' });
});

it('does not ask again for what the server refuses', async () => {
  const refuse = () => Promise.reject(new ApiError(403, { code: 'forbidden' }));
  await expect(
    read({ fetch: refuse, wait: () => Promise.reject(new Error('waits')) }),
  ).rejects.toMatchObject({ code: 'forbidden' });
});

it('passes over a chunk whose body breaks also when it is all that is asked for', async () => {
  const server = new FakeServer(map);
  const { fetch } = server;
  server.unreadable.add(1);
  const source: Source = {
    fetch: async (from, to, signal) => {
      if (from !== to || from !== timeline.chunks[1]?.address) {
        return fetch.call(server, from, to, signal);
      }
      return new Response(
        new ReadableStream({ start: (body) => body.error(new TypeError('network error')) }),
      );
    },
    wait: () => Promise.resolve(),
  };
  expect(faults(await read(source))).toEqual([null, 'unreadable', null, null, null, null]);
});

it('keeps what stands before bytes that cannot be read, and goes on with the next chunk', async () => {
  const server = new FakeServer(map);
  const event = { type: 3, timestamp: START_MS + 1_000, data: {} };
  const [id] = headOf(0, 2) as Value[];
  const broken = [...joined([id ?? null, 2, 3], batchOf(2, event)), 0xc1, 1, 2];
  const source: Source = {
    fetch: async (from, to, signal) => {
      const begin = timeline.chunks.findIndex(({ address }) => address === from);
      const end = timeline.chunks.findIndex(({ address }) => address === to);
      if (begin > 1) return server.fetch(from, to, signal);
      const before = begin === 0 ? [...storedOf(map, 0)] : [];
      const after = end === 1 ? [] : [...storedOf(map, 2)];
      return new Response(Uint8Array.from([...before, ...broken, ...after]));
    },
    wait: () => Promise.resolve(),
  };
  const found = await read(source);
  expect(faults(found)).toEqual([null, 'unreadable', null, null, null, null]);
  expect(found.pieces[1]).toMatchObject({ damaged: 1 });
  expect(found.pieces[1]?.events).toHaveLength(1);
});

it('counts damaged events where they are, and leaves them out', async () => {
  const one = timelineOf(mapOf(seconds(1)), sessionOf());
  const event = { type: 3, timestamp: START_MS, data: {} };
  const body = joined(
    headOf(0, 1),
    batchOf(1, event, 7, null),
    [0, 'no message'],
    batchOf(2, event),
  );
  const source: Source = {
    fetch: async () => new Response(body.slice()),
    wait: () => Promise.resolve(),
  };
  const { pieces } = await read(source, [0, 1], one);
  expect(pieces).toMatchObject([{ damaged: 3, fault: null }]);
  expect(pieces[0]?.events).toHaveLength(2);
});

it('joins an event whose parts lie in chunks with a break between them', async () => {
  const event = joined({ type: 3, timestamp: START_MS, data: { text: 'x'.repeat(90) } });
  const cut = [event.slice(0, 40), event.slice(40, 80), event.slice(80)];
  const bodies = cut.map((payload, at) =>
    joined(headOf(0, at + 1), [
      7,
      [2, at + 1, 0, 0, at === 2 ? 1 : 0, 0, at + 1, 3, 0, 0, 0, 0, payload.length, payload],
    ]),
  );
  const three = timelineOf(mapOf(seconds(3)), sessionOf());
  let requests = 0;
  const source: Source = {
    fetch: async (from) => {
      requests += 1;
      const begin = three.chunks.findIndex(({ address }) => address === from);
      const whole = bodies.slice(begin).flatMap((body) => [...body]);
      // The first answer ends inside the second chunk.
      return new Response(Uint8Array.from(requests === 1 ? whole.slice(0, 100) : whole));
    },
    wait: () => Promise.resolve(),
  };
  const { pieces } = await read(source, [0, 3], three);
  expect(pieces.map(({ events }) => events.length)).toEqual([0, 0, 1]);
});
