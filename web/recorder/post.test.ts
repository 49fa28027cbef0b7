import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeServerMessage } from '../shared/wire.ts';
import { clock } from './natives.ts';
import { post } from './post.ts';

const ACK = encodeServerMessage({ kind: 'ack', up_to: 3, beyond: [] });
const CREDIT = encodeServerMessage({ kind: 'credit', credit_bytes: 9 });

let got: { type: string | undefined; bytes: number[] } = { type: '', bytes: [] };
let reply: (response: ServerResponse) => void = () => undefined;
let url = '';

const server = createServer((request: IncomingMessage, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    got = { type: request.headers['content-type'], bytes: [...Buffer.concat(chunks)] };
    reply(response);
  });
});

beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/batches`;
});

afterAll(() => {
  server.close();
});

function refusing(status: number, body: string): void {
  reply = (response) => {
    response.statusCode = status;
    response.end(body);
  };
}

describe('post', () => {
  it('[R24] sends messages one after the other, as a request without preflight, and reads the answer', async () => {
    reply = (response) => response.end(Buffer.concat([ACK, CREDIT]));
    const answer = await post(clock, url, [new Uint8Array([1, 2]), new Uint8Array([3])]);
    expect(got).toEqual({ type: 'text/plain', bytes: [1, 2, 3] });
    expect(answer).toMatchObject({ at: 'heard', messages: [{ kind: 'ack' }, { kind: 'credit' }] });
  });

  it.each([
    [404, '{"code":"unknown_site","message":"no"}', 'unknown_site', 'never', null],
    [429, '{"code":"limited","retry_after_ms":1500}', 'limited', 'after', 1500],
    [503, 'down for maintenance', 'lost', 'after', null],
    [400, '', 'lost', 'never', null],
  ] as const)('[R22] reads the refusal %i %s', async (status, body, name, retry, afterMs) => {
    refusing(status, body);
    const answer = await post(clock, url, []);
    expect(answer).toMatchObject({ at: 'refused', close: { name, retry }, afterMs });
  });

  it('[R22] takes a network failure and a nonsense answer for a reason to try again', async () => {
    reply = (response) => response.end('nonsense');
    expect(await post(clock, url, [])).toMatchObject({ at: 'refused', close: { retry: 'jitter' } });
    const nobody = 'http://127.0.0.1:1/v1/batches';
    expect(await post(clock, nobody, [])).toMatchObject({
      at: 'refused',
      close: { retry: 'jitter' },
    });
  });
});
