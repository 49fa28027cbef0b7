// Writes the MessagePack of `msgpack.ts`.
import { TooLargeError, TWO_32, type Value } from './msgpack.ts';
import { limits } from './settings.ts';

const text = new TextEncoder();
const WRITER_BYTES = 16384;

type Frame = {
  keys: string[] | null;
  of: readonly unknown[] | Record<string, unknown>;
  next: number;
};

/** The innermost array or map that has members left; finished ones are taken off. */
function unfinished(stack: Frame[]): Frame | undefined {
  let top = stack[stack.length - 1];
  while (top && top.next === (top.keys ?? (top.of as readonly unknown[])).length) {
    stack.pop();
    top = stack[stack.length - 1];
  }
  return top;
}

function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/**
 * Writes values one after the other into a growing buffer.
 *
 * `value` keeps its own stack: a page may be nested deeper than the engine's stack is sure to hold.
 */
export class Writer {
  bytes = new Uint8Array(WRITER_BYTES);
  length = 0;
  private view = new DataView(this.bytes.buffer);

  /** A copy of what was written from `start` to `end`. */
  slice(start = 0, end = this.length): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(start, end);
  }

  /** Forgets everything written before `start`, and gives a large buffer back. */
  discard(start: number): void {
    const rest = this.slice(start);
    if (this.bytes.length > limits.batch_bytes_target * 4) this.resize(WRITER_BYTES);
    this.length = 0;
    this.raw(rest);
  }

  /**
   * Writes one value as JSON would see it: undefined members of objects are left out, elsewhere
   * undefined becomes nil. After a throw `length` is where it was before.
   */
  value(value: unknown): void {
    const start = this.length;
    try {
      this.tree(value);
    } catch (error) {
      this.length = start;
      throw error;
    }
  }

  private tree(root: unknown): void {
    const stack: Frame[] = [];
    const start = this.length;
    let items = 1;
    let frame = this.open(root);
    for (;;) {
      if (frame) stack.push(frame);
      if (stack.length > limits.nesting_max) throw new TooLargeError('value nested too deep');
      if (items > limits.event_items_max || this.length - start > limits.event_bytes_max) {
        throw new TooLargeError('value too large');
      }
      const top = unfinished(stack);
      if (!top) return;
      frame = this.open(this.nextOf(top));
      items += top.keys ? 2 : 1;
    }
  }

  private nextOf(frame: Frame): unknown {
    const at = frame.next;
    frame.next += 1;
    if (!frame.keys) return (frame.of as readonly unknown[])[at];
    const key = frame.keys[at] as string;
    this.string(key);
    return (frame.of as Record<string, unknown>)[key];
  }

  /** Writes a leaf, or the head of an array or map, whose members are then still to be written. */
  private open(value: unknown): Frame | null {
    switch (typeof value) {
      case 'string':
        this.string(value);
        return null;
      case 'number':
        this.number(value);
        return null;
      case 'boolean':
        this.byte(value ? 0xc3 : 0xc2);
        return null;
      case 'object':
        break;
      default:
        this.byte(0xc0);
        return null;
    }
    if (value === null) {
      this.byte(0xc0);
      return null;
    }
    if (value instanceof Uint8Array) {
      this.head(value.length, null, [0xc4, 0xc5, 0xc6]);
      this.raw(value);
      return null;
    }
    if (isArray(value)) {
      this.head(value.length, [0x90, 16], [null, 0xdc, 0xdd]);
      return { keys: null, of: value, next: 0 };
    }
    const of = value as Record<string, unknown>;
    const keys = Object.keys(of).filter((key) => of[key] !== undefined);
    this.head(keys.length, [0x80, 16], [null, 0xde, 0xdf]);
    return { keys, of, next: 0 };
  }

  private number(value: number): void {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
      this.byte(0xcb);
      this.room(8).setFloat64(this.length, value);
      this.length += 8;
    } else if (value >= 0) {
      if (value < 0x80) this.byte(value);
      else if (value < TWO_32) this.head(value, null, [0xcc, 0xcd, 0xce]);
      else this.wide(0xcf, value);
    } else if (value >= -32) {
      this.byte(value & 0xff);
    } else if (value >= -0x80) {
      this.byte(0xd0);
      this.byte(value & 0xff);
    } else if (value >= -0x8000) {
      this.byte(0xd1);
      this.room(2).setInt16(this.length, value);
      this.length += 2;
    } else if (value >= -0x8000_0000) {
      this.byte(0xd2);
      this.room(4).setInt32(this.length, value);
      this.length += 4;
    } else {
      this.wide(0xd3, value);
    }
  }

  private wide(mark: number, value: number): void {
    this.byte(mark);
    const view = this.room(8);
    view.setUint32(this.length, Math.floor(value / TWO_32) >>> 0);
    view.setUint32(this.length + 4, value >>> 0);
    this.length += 8;
  }

  private string(value: string): void {
    // UTF-8 takes at most three bytes for each UTF-16 unit.
    if (value.length * 3 < 32) {
      this.room(1 + value.length * 3);
      const { written } = text.encodeInto(value, this.bytes.subarray(this.length + 1));
      this.bytes[this.length] = 0xa0 | written;
      this.length += 1 + written;
      return;
    }
    const bytes = text.encode(value);
    if (bytes.length > limits.string_bytes_max) throw new TooLargeError('string too long');
    this.head(bytes.length, [0xa0, 32], [0xd9, 0xda, 0xdb]);
    this.raw(bytes);
  }

  /** A mark and a size in the shortest of: the mark's own low bits, 8, 16 or 32 bits. */
  private head(
    size: number,
    fix: readonly [number, number] | null,
    marks: readonly [number | null, number, number],
  ): void {
    if (fix && size < fix[1]) {
      this.byte(fix[0] | size);
    } else if (marks[0] !== null && size < 0x100) {
      this.byte(marks[0]);
      this.byte(size);
    } else if (size < 0x10000) {
      this.byte(marks[1]);
      this.room(2).setUint16(this.length, size);
      this.length += 2;
    } else {
      this.byte(marks[2]);
      this.room(4).setUint32(this.length, size);
      this.length += 4;
    }
  }

  private byte(value: number): void {
    this.room(1).setUint8(this.length, value);
    this.length += 1;
  }

  private raw(bytes: Uint8Array): void {
    this.room(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  private room(size: number): DataView {
    const needed = this.length + size;
    if (needed > this.bytes.length) this.resize(Math.max(needed, this.bytes.length * 2));
    return this.view;
  }

  private resize(size: number): void {
    const old = this.bytes;
    this.bytes = new Uint8Array(size);
    this.bytes.set(old.subarray(0, Math.min(this.length, size)));
    this.view = new DataView(this.bytes.buffer);
  }
}

/** One value as bytes of its own. */
export function encode(value: Value): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  writer.value(value);
  return writer.slice();
}
