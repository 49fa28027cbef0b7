// MessagePack, as much of it as the wire needs, and its reading; `pack.ts` writes it. Our own, because
// the recorder has a size budget and the protocol has limits that a general library does not check.
import { limits } from './settings.ts';

export type Value =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly Value[]
  | { readonly [key: string]: Value | undefined };

/** A value that the protocol has no room for: too deep, too many items, too long. */
export class TooLargeError extends Error {}
/** Bytes that are not the MessagePack the protocol allows. */
export class MalformedError extends Error {}
/** Bytes that end in the middle of a value. */
export class TruncatedError extends MalformedError {}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const anyText = new TextDecoder('utf-8', { ignoreBOM: true });
const PLAIN_BYTES = 64;
export const TWO_32 = 0x1_0000_0000;

function isTree(value: Value): boolean {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
}

/** How much a value may be. */
export type Bounds = { readonly nesting: number; readonly items: number; readonly strict: boolean };

/**
 * An rrweb event: any plain MessagePack of a stranger. Text that is not UTF-8 is repaired, and what
 * stands under a key that is no text is left out.
 */
export const EVENT: Bounds = {
  nesting: limits.nesting_max,
  items: limits.event_items_max,
  strict: false,
};

/** A message around events: no floats, no maps, and text is UTF-8. */
export const ENVELOPE: Bounds = {
  nesting: limits.envelope_nesting_max,
  items: limits.envelope_items_max,
  strict: true,
};

/**
 * Reads values one after the other.
 *
 * Nesting is bounded (so recursion is safe), so is the number of items, and no memory is taken on the
 * word of a declared length.
 */
export class Reader {
  offset = 0;
  private items = 0;
  private readonly bytes: Uint8Array;
  private readonly bounds: Bounds;
  private readonly view: DataView;

  constructor(bytes: Uint8Array, bounds: Bounds) {
    this.bytes = bytes;
    this.bounds = bounds;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get done(): boolean {
    return this.offset === this.bytes.length;
  }

  /** The next value. Throws `TruncatedError` where the bytes end inside it. */
  value(): Value {
    this.items = 0;
    return this.read(0);
  }

  private read(depth: number): Value {
    this.items += 1;
    if (this.items > this.bounds.items) throw new MalformedError('too many items');
    const mark = this.uint(1);
    if (mark < 0x80) return mark;
    if (mark < 0x90) return this.map(mark & 0x0f, depth);
    if (mark < 0xa0) return this.array(mark & 0x0f, depth);
    if (mark < 0xc0) return this.string(mark & 0x1f);
    if (mark >= 0xe0) return mark - 0x100;
    switch (mark) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xca:
      case 0xcb:
        return this.float(mark);
      case 0xcf:
        return this.uint(4) * TWO_32 + this.uint(4);
      case 0xd0:
        return this.view.getInt8(this.take(1));
      case 0xd1:
        return this.view.getInt16(this.take(2));
      case 0xd2:
        return this.view.getInt32(this.take(4));
      case 0xd3:
        return this.view.getInt32(this.take(4)) * TWO_32 + this.uint(4);
      default:
        return this.sized(mark, depth);
    }
  }

  /** The families whose mark says how wide the number after it is: 1, 2 or 4 bytes. */
  private sized(mark: number, depth: number): Value {
    if (mark >= 0xc4 && mark <= 0xc6) {
      const size = this.uint(1 << (mark - 0xc4));
      const start = this.take(size);
      return this.bytes.subarray(start, start + size);
    }
    if (mark >= 0xcc && mark <= 0xce) return this.uint(1 << (mark - 0xcc));
    if (mark >= 0xd9 && mark <= 0xdb) return this.string(this.uint(1 << (mark - 0xd9)));
    if (mark === 0xdc || mark === 0xdd) return this.array(this.uint(mark === 0xdc ? 2 : 4), depth);
    if (mark === 0xde || mark === 0xdf) return this.map(this.uint(mark === 0xde ? 2 : 4), depth);
    throw new MalformedError('extension types are not used');
  }

  private float(mark: number): number {
    if (this.bounds.strict) throw new MalformedError('a message holds whole numbers');
    return mark === 0xca ? this.view.getFloat32(this.take(4)) : this.view.getFloat64(this.take(8));
  }

  private string(size: number): string {
    if (size > limits.string_bytes_max) throw new MalformedError('string too long');
    const start = this.take(size);
    const plain = size <= PLAIN_BYTES ? this.plain(start, start + size) : null;
    if (plain !== null) return plain;
    try {
      const decoder = this.bounds.strict ? utf8 : anyText;
      return decoder.decode(this.bytes.subarray(start, start + size));
    } catch {
      throw new MalformedError('text is not UTF-8');
    }
  }

  /** Most strings are short and ASCII, for which the browser's decoder takes longer to begin than to read. */
  private plain(start: number, end: number): string | null {
    const units: number[] = [];
    for (let at = start; at < end; at += 1) {
      const byte = this.view.getUint8(at);
      if (byte > 0x7f) return null;
      units.push(byte);
    }
    return String.fromCharCode(...units);
  }

  private array(size: number, depth: number): Value[] {
    if (depth >= this.bounds.nesting) throw new MalformedError('nested too deep');
    const array: Value[] = [];
    for (let index = 0; index < size; index += 1) array.push(this.read(depth + 1));
    return array;
  }

  private map(size: number, depth: number): Value {
    if (this.bounds.strict) throw new MalformedError('a message holds no maps');
    if (depth >= this.bounds.nesting) throw new MalformedError('nested too deep');
    const map: Record<string, Value> = {};
    for (let index = 0; index < size; index += 1) {
      const key = this.read(depth + 1);
      if (isTree(key)) throw new MalformedError('keys of a map are neither arrays nor maps');
      const value = this.read(depth + 1);
      // An assignment to this name would set the prototype.
      if (typeof key === 'string' && key !== '__proto__') map[key] = value;
    }
    return map;
  }

  private uint(size: number): number {
    const at = this.take(size);
    if (size === 1) return this.view.getUint8(at);
    return size === 2 ? this.view.getUint16(at) : this.view.getUint32(at);
  }

  private take(size: number): number {
    const at = this.offset;
    if (this.bytes.length - at < size) throw new TruncatedError('ends inside a value');
    this.offset = at + size;
    return at;
  }
}

/** Reads exactly one value; anything after it is malformed. */
export function decode(bytes: Uint8Array, bounds: Bounds): Value {
  const reader = new Reader(bytes, bounds);
  const value = reader.value();
  if (!reader.done) throw new MalformedError('bytes after the value');
  return value;
}
