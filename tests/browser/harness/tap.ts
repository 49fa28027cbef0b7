// The wire between visitors' browsers and Footage: a plain TCP forwarder that keeps every byte the
// browser sent, whatever the browser itself would tell of it, and can block WebSocket.
import { once } from 'node:events';
import { createServer, connect as dial, type Server as NetServer, type Socket } from 'node:net';
import { inflateRawSync } from 'node:zlib';
import { ENVELOPE, Reader } from '../../../web/shared/msgpack.ts';
import { type RecorderMessage, recorderMessageOf } from '../../../web/shared/wire.ts';
import { type Request, RequestReader } from './http.ts';

const BLOCKED = 'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

export class Tap {
  /** Refuses every WebSocket, as some companies' proxies do. */
  blockWebSocket = false;
  readonly origin: string;
  private readonly server: NetServer;
  private readonly to: number;
  private readonly open = new Set<Socket>();
  /** Every request a browser sent, a WebSocket with its messages. */
  readonly requests: Request[] = [];

  private constructor(server: NetServer, port: number, to: number) {
    this.server = server;
    this.origin = `http://127.0.0.1:${port}`;
    this.to = to;
    server.on('connection', (socket) => this.forward(socket));
  }

  static async before(origin: string): Promise<Tap> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return new Tap(server, address.port, Number(new URL(origin).port));
  }

  async close(): Promise<void> {
    for (const socket of this.open) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  /** How often a recorder opened a WebSocket, granted or not. */
  get sockets(): Request[] {
    return this.requests.filter((request) => request.messages !== null);
  }

  /** Every message recorders sent, over WebSocket and POST, with payloads inflated. */
  get messages(): RecorderMessage[] {
    return this.requests.flatMap(({ path, messages, body }) => {
      if (messages !== null) return messages.flatMap(decoded);
      return path === '/v1/batches' ? decoded(body) : [];
    });
  }

  /** Everything that left the browser: heads, bodies and messages, the latter also inflated. */
  get everything(): Buffer {
    const payloads = this.messages.map((message) =>
      'payload' in message ? Buffer.from(message.payload) : Buffer.alloc(0),
    );
    const raw = this.requests.flatMap(({ head, body, messages }) => [
      Buffer.from(head, 'latin1'),
      body,
      ...(messages ?? []),
    ]);
    return Buffer.concat([...raw, ...payloads]);
  }

  private forward(browser: Socket): void {
    const reader = new RequestReader(this.requests);
    const server = dial(this.to, '127.0.0.1');
    for (const [one, other] of [
      [browser, server],
      [server, browser],
    ] as const) {
      this.open.add(one);
      one.on('error', () => other.destroy());
      one.on('end', () => other.end());
      one.on('close', () => {
        this.open.delete(one);
        other.destroy();
      });
    }
    browser.on('data', (bytes) => {
      reader.push(bytes);
      if (this.blockWebSocket && reader.isWebSocket) browser.end(BLOCKED);
      else server.write(bytes);
    });
    server.on('data', (bytes) => browser.write(bytes));
  }
}

function decoded(bytes: Uint8Array): RecorderMessage[] {
  const found: RecorderMessage[] = [];
  const input = new Reader(bytes, ENVELOPE);
  while (!input.done) {
    const message = recorderMessageOf(input.value());
    if (message?.kind === 'batch' && message.encoding === 'deflate_raw') {
      const payload = Uint8Array.from(inflateRawSync(message.payload));
      found.push({ ...message, encoding: 'plain', payload });
    } else if (message) found.push(message);
  }
  return found;
}
