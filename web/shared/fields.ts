// The kinds of fields a message is made of: how each is written and what is refused on reading.
import { MalformedError, type Value } from './msgpack.ts';
import { limits } from './settings.ts';

export type Field<T> = {
  /** From a readable value to what MessagePack carries. */
  write(value: T): Value;
  /** Back again; throws `MalformedError` for anything the protocol does not allow. */
  read(value: Value | undefined): T;
};

/** Both ends included. */
export type Range = readonly [first: number, last: number];

const utf8 = new TextEncoder();

export function refuse(what: string): never {
  throw new MalformedError(what);
}

function items(value: Value | undefined, max: number): readonly Value[] {
  if (!Array.isArray(value) || value.length > max) refuse('expected an array within its limit');
  return value as readonly Value[];
}

export const uint: Field<number> = {
  write: (value) => value,
  read: (value) =>
    Number.isSafeInteger(value) && (value as number) >= 0
      ? (value as number)
      : refuse('expected a whole number'),
};

/** A number of a message: they begin at 1. */
export const ordinal: Field<number> = {
  write: uint.write,
  read: (value) => uint.read(value) || refuse('numbers begin at 1'),
};

export const bool: Field<boolean> = {
  write: (value) => value,
  read: (value) => (typeof value === 'boolean' ? value : refuse('expected true or false')),
};

export function text(bytesMax: number): Field<string> {
  return {
    write: (value) => value,
    read: (value) =>
      typeof value === 'string' &&
      !value.includes('\0') &&
      // A string has no more UTF-16 units than UTF-8 bytes.
      value.length <= bytesMax &&
      utf8.encode(value).length <= bytesMax
        ? value
        : refuse('expected text within its limit'),
  };
}

export function bin(bytesMin: number, bytesMax = bytesMin): Field<Uint8Array> {
  return {
    write: (value) => value,
    read: (value) =>
      value instanceof Uint8Array && value.length >= bytesMin && value.length <= bytesMax
        ? value
        : refuse('expected bytes of the right length'),
  };
}

export function orNil<T>(field: Field<T>): Field<T | null> {
  return {
    write: (value) => (value === null ? null : field.write(value)),
    read: (value) => (value === null ? null : field.read(value)),
  };
}

export function list<T>(field: Field<T>, max: number): Field<readonly T[]> {
  return {
    write: (value) => value.map(field.write),
    read: (value) => items(value, max).map(field.read),
  };
}

/** A small number on the wire, a word here: the number is the word's place in the list. */
export function word<const W extends readonly string[]>(words: W): Field<W[number]> {
  return {
    write: (value) => words.indexOf(value),
    read: (value) => words[uint.read(value)] ?? refuse('this number stands for nothing'),
  };
}

/** Several fields in a row, by name here and by place on the wire. */
export type Row = { readonly [name: string]: Field<unknown> };
export type RowOf<R extends Row> = {
  readonly [N in keyof R]: R[N] extends Field<infer T> ? T : never;
};

export function row<const R extends Row>(fields: R): Field<RowOf<R>> {
  const names = Object.keys(fields);
  return {
    write: (value) => names.map((name) => (fields[name] as Field<unknown>).write(value[name])),
    read: (value) => {
      const values = items(value, names.length);
      if (values.length !== names.length) refuse('wrong number of fields');
      const read = names.map((name, at) => [
        name,
        (fields[name] as Field<unknown>).read(values[at]),
      ]);
      return Object.fromEntries(read) as RowOf<R>;
    },
  };
}

const anyRanges = list<Range>(
  {
    write: (value) => value,
    read: (value) => {
      const [first, last, ...rest] = items(value, 2);
      const range: Range = [uint.read(first), uint.read(last)];
      return rest.length === 0 && range[0] <= range[1] ? range : refuse('expected [first, last]');
    },
  },
  limits.ranges_max,
);

/** Ascending, not touching. */
export const ranges: Field<readonly Range[]> = {
  write: anyRanges.write,
  read: (value) => {
    const read = anyRanges.read(value);
    let least = 0;
    for (const [first, last] of read) {
      if (first < least) refuse('ranges ascend and do not touch');
      least = last + 2;
    }
    return read;
  },
};
