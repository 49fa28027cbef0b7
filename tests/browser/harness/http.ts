// As much of HTTP/1.1 and WebSocket as it takes to read what a browser sends to our own server.

/** One request of a browser. */
export type Request = {
  readonly method: string;
  readonly path: string;
  /** Request line and headers. */
  readonly head: string;
  /** Filled as it arrives. */
  body: Buffer;
  /** The messages of a WebSocket, unmasked; null where the request was none. */
  readonly messages: Buffer[] | null;
};

const HEAD_END = '\r\n\r\n';
const OPCODE_CONTINUATION = 0;
const OPCODE_CONTROL = 8;

/** Reads what one connection carries from the browser to the server. */
export class RequestReader {
  /** Of all connections, in the order in which they came. */
  private readonly all: Request[];
  private last: Request | null = null;
  private rest = Buffer.alloc(0);
  private fragments: Buffer[] = [];

  constructor(all: Request[]) {
    this.all = all;
  }

  /** Whether what came last asks for a WebSocket. */
  get isWebSocket(): boolean {
    return this.last?.messages != null;
  }

  push(bytes: Buffer): void {
    this.rest = Buffer.concat([this.rest, bytes]);
    while (this.step()) {
      // Goes on as long as something whole is there.
    }
  }

  private step(): boolean {
    const { last } = this;
    if (last?.messages) return this.frame(last.messages);
    if (last && last.body.length < lengthOf(last.head)) return this.body(last);
    return this.head();
  }

  private head(): boolean {
    const end = this.rest.indexOf(HEAD_END);
    if (end < 0) return false;
    const head = this.rest.subarray(0, end).toString('latin1');
    this.rest = this.rest.subarray(end + HEAD_END.length);
    const [method = '', path = ''] = head.split(' ');
    const upgrades = /^upgrade: *websocket/im.test(head);
    if (/^transfer-encoding:/im.test(head)) throw new Error('a browser does not send chunks');
    this.last = { method, path, head, body: Buffer.alloc(0), messages: upgrades ? [] : null };
    this.all.push(this.last);
    return true;
  }

  private body(request: Request): boolean {
    if (this.rest.length === 0) return false;
    const missing = lengthOf(request.head) - request.body.length;
    request.body = Buffer.concat([request.body, this.rest.subarray(0, missing)]);
    this.rest = this.rest.subarray(missing);
    return true;
  }

  private frame(messages: Buffer[]): boolean {
    const frame = frameOf(this.rest);
    if (frame === null) return false;
    this.rest = this.rest.subarray(frame.bytes);
    if (frame.opcode >= OPCODE_CONTROL) return true;
    if (frame.opcode !== OPCODE_CONTINUATION) this.fragments = [];
    this.fragments.push(frame.payload);
    if (frame.fin) messages.push(Buffer.concat(this.fragments));
    return true;
  }
}

function lengthOf(head: string): number {
  return Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
}

type Frame = { fin: boolean; opcode: number; payload: Buffer; bytes: number };

/** The frame at the beginning, null while it is not whole. Frames from a browser are masked. */
function frameOf(bytes: Buffer): Frame | null {
  if (bytes.length < 2) return null;
  const first = bytes.readUInt8(0);
  const short = bytes.readUInt8(1) & 0x7f;
  const wide = short === 126 ? 2 : short === 127 ? 8 : 0;
  const start = 2 + wide + 4;
  if (bytes.length < start) return null;
  const length =
    wide === 0 ? short : wide === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (bytes.length < start + length) return null;
  const mask = bytes.subarray(start - 4, start);
  const payload = Buffer.from(bytes.subarray(start, start + length));
  for (let at = 0; at < length; at += 1) payload[at] = (payload[at] ?? 0) ^ (mask[at % 4] ?? 0);
  return { fin: (first & 0x80) !== 0, opcode: first & 0x0f, payload, bytes: start + length };
}
