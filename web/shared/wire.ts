// The messages of `protocol/README.md`: one table per direction, from which types, writing and
// reading follow.

import { closeOf } from './close.ts';
import {
  bin,
  bool,
  type Field,
  list,
  ordinal,
  orNil,
  type Row,
  type RowOf,
  ranges,
  refuse,
  row,
  text,
  uint,
  word,
} from './fields.ts';
import { decode, ENVELOPE, EVENT, MalformedError, Reader, type Value } from './msgpack.ts';
import { encode } from './pack.ts';
import { limits, protocol } from './settings.ts';

export const CONSENTS = ['unknown', 'granted', 'denied'] as const;
export const ENCODINGS = ['plain', 'deflate_raw'] as const;
export const ACK_LEVELS = ['memory', 'postgres', 'journal', 'redis'] as const;
export const PAGE_CAUSES = ['load', 'push', 'replace', 'history', 'hash'] as const;
export const GAP_CAUSES = ['no_room', 'limit', 'too_large', 'not_recorded'] as const;
export const END_CAUSES = ['page_hidden', 'stopped', 'consent_withdrawn'] as const;
export const KEYFRAME_CAUSES = ['tail_too_large', 'tail_too_old', 'gap', 'staff'] as const;

export type Consent = (typeof CONSENTS)[number];
export type AckLevel = (typeof ACK_LEVELS)[number];
export type PageCause = (typeof PAGE_CAUSES)[number];
export type GapCause = (typeof GAP_CAUSES)[number];
export type EndCause = (typeof END_CAUSES)[number];

/** Bit 0 of a batch's flags: it holds a keyframe, or parts of one. */
export const KEYFRAME = 1;

const url = text(limits.url_bytes_max);
const name = text(limits.name_bytes_max);
const value = text(limits.value_bytes_max);
const reason = text(limits.close_reason_bytes_max);
const token = text(limits.session_token_bytes_max);
const id8 = bin(8);

const page = row({
  url,
  title: text(limits.title_bytes_max),
  referrer: url,
  viewport_width: uint,
  viewport_height: uint,
  time_zone: text(limits.time_zone_bytes_max),
});
export type Page = ReturnType<typeof page.read>;

const serverLimits = row({
  message_bytes_max: uint,
  batch_bytes_target: uint,
  batch_inflated_bytes_max: uint,
  event_bytes_max: uint,
  batch_ms: uint,
});

type Table = { readonly [kind: string]: readonly [number, Row] };

const fromRecorder = {
  hello: [
    1,
    {
      protocol_version: uint,
      site_key: text(limits.site_key_bytes_max),
      session_token: orNil(token),
      stream: id8,
      navigated_from: orNil(id8),
      held: ranges,
      visitor: bin(16),
      page,
      consent: word(CONSENTS),
      sdk_version: text(limits.sdk_version_bytes_max),
      policy_hash: id8,
      sent_at_ms: uint,
    },
  ],
  batch: [
    2,
    {
      number: ordinal,
      first_event_ms: uint,
      last_event_ms: uint,
      events: uint,
      flags: uint,
      part: uint,
      parts: uint,
      clicks: uint,
      inputs: uint,
      errors: uint,
      encoding: word(ENCODINGS),
      inflated_bytes: uint,
      payload: bin(0, limits.message_bytes_max),
    },
  ],
  page: [3, { number: ordinal, at_ms: uint, page, cause: word(PAGE_CAUSES) }],
  identify: [
    4,
    {
      number: ordinal,
      at_ms: uint,
      user: value,
      traits: list(row({ key: name, value }), limits.traits_max),
    },
  ],
  tag: [5, { number: ordinal, at_ms: uint, key: name, value }],
  custom: [6, { number: ordinal, at_ms: uint, name, payload: bin(0, limits.custom_bytes_max) }],
  consent: [7, { number: ordinal, at_ms: uint, consent: word(CONSENTS) }],
  gap: [
    8,
    {
      number: ordinal,
      at_ms: uint,
      first: ordinal,
      last: uint,
      cause: word(GAP_CAUSES),
      events: uint,
    },
  ],
  end: [9, { number: ordinal, at_ms: uint, cause: word(END_CAUSES) }],
  ping: [10, { sent_at_ms: uint }],
} as const satisfies Table;

const fromServer = {
  welcome: [
    32,
    {
      session_token: token,
      session: bin(16),
      resumed: bool,
      durable: ranges,
      ack_level: word(ACK_LEVELS),
      credit_bytes: uint,
      limits: serverLimits,
      flags: list(name, limits.flags_max),
      heartbeat_ms: uint,
      server_time_ms: uint,
    },
  ],
  ack: [33, { up_to: uint, beyond: ranges }],
  credit: [34, { credit_bytes: uint }],
  keyframe: [35, { cause: word(KEYFRAME_CAUSES) }],
  policy: [
    36,
    {
      policy_hash: id8,
      mask_selectors: list(value, limits.selectors_max),
      block_selectors: list(value, limits.selectors_max),
      keep_query: bool,
    },
  ],
  slow_down: [37, { batch_ms: uint, mouse_ms: uint }],
  stop: [38, { code: uint, reason }],
  pong: [39, { sent_at_ms: uint, server_time_ms: uint }],
  ack_level: [40, { ack_level: word(ACK_LEVELS) }],
} as const satisfies Table;

type Messages<T extends Table> = {
  [K in keyof T]: { readonly kind: K } & RowOf<T[K][1]>;
};
export type RecorderMessages = Messages<typeof fromRecorder>;
export type ServerMessages = Messages<typeof fromServer>;
/** Everything a recorder may say. */
export type RecorderMessage = RecorderMessages[keyof RecorderMessages];
/** Everything a server may say to a recorder. */
export type ServerMessage = ServerMessages[keyof ServerMessages];
/** What takes a number of its stream and is kept until acknowledged. */
export type Numbered = Extract<RecorderMessage, { readonly number: number }>;

export const RECORDER_KINDS = Object.keys(fromRecorder);
export const SERVER_KINDS = Object.keys(fromServer);

type Written = { readonly kind: string };

function writer<M extends Written>(table: Table): (message: M) => Uint8Array<ArrayBuffer> {
  const rows = new Map<string, readonly [number, Field<unknown>]>();
  for (const [kind, [code, fields]] of Object.entries(table)) {
    rows.set(kind, [code, row(fields) as Field<unknown>]);
  }
  return (message) => {
    const found = rows.get(message.kind);
    if (!found) throw new MalformedError('no such kind');
    return encode([found[0], ...(found[1].write(message) as readonly Value[])]);
  };
}

type Rules<M extends Written> = {
  readonly [K in M['kind']]?: (message: Extract<M, { readonly kind: K }>) => boolean;
};

/** What no single field can tell: rules between the fields of a recorder's message. */
const recorderRules: Rules<RecorderMessage> = {
  hello: ({ protocol_version }) => protocol_version === protocol.version,
  batch: (batch) =>
    batch.first_event_ms <= batch.last_event_ms &&
    (batch.flags | KEYFRAME) === KEYFRAME &&
    (batch.encoding !== 'plain' || batch.inflated_bytes === batch.payload.length) &&
    (batch.parts === 0
      ? batch.part === 0 && batch.events > 0
      : batch.parts > 1 &&
        batch.part >= 1 &&
        batch.part <= batch.parts &&
        batch.events === (batch.part === batch.parts ? 1 : 0)),
  custom: ({ payload }) => decode(payload, EVENT) !== undefined,
  gap: ({ number, first, last }) => first <= last && last < number,
};

const serverRules: Rules<ServerMessage> = {
  ack: ({ up_to, beyond }) => beyond.every(([first]) => first > up_to),
  stop: ({ code }) => closeOf(code).name !== 'lost',
};

function reader<M extends Written>(table: Table, rules: Rules<M>): (value: Value) => M | null {
  const rows = new Map<number, readonly [string, Field<unknown>]>();
  for (const [kind, [code, fields]] of Object.entries(table)) {
    rows.set(code, [kind, row(fields) as Field<unknown>]);
  }
  return (value) => {
    if (!Array.isArray(value)) throw new MalformedError('a message is an array');
    const [first, ...fields] = value as readonly Value[];
    const code = uint.read(first);
    const found = rows.get(code);
    if (found) {
      const message = { kind: found[0], ...(found[1].read(fields) as object) } as M;
      const rule = (rules as { [kind: string]: ((message: M) => boolean) | undefined })[found[0]];
      return rule?.(message) === false ? refuse('fields that contradict each other') : message;
    }
    if (code < UNKNOWN_REFUSED_FROM) return null;
    throw new MalformedError('no such kind');
  };
}

/** Unknown kinds below this are skipped, so that a newer peer may say more. */
const UNKNOWN_REFUSED_FROM = 64;

export const encodeRecorderMessage = /* @__PURE__ */ writer<RecorderMessage>(fromRecorder);
export const encodeServerMessage = /* @__PURE__ */ writer<ServerMessage>(fromServer);
/** Null for an unknown kind that is to be skipped. */
export const recorderMessageOf = /* @__PURE__ */ reader<RecorderMessage>(
  fromRecorder,
  recorderRules,
);
/** Null for an unknown kind that is to be skipped. */
export const serverMessageOf = /* @__PURE__ */ reader<ServerMessage>(fromServer, serverRules);

/** Every message in `bytes`, one after the other; unknown kinds are left out. */
export function decodeServerMessages(bytes: Uint8Array): ServerMessage[] {
  const input = new Reader(bytes, ENVELOPE);
  const messages: ServerMessage[] = [];
  while (!input.done) {
    const message = serverMessageOf(input.value());
    if (message) messages.push(message);
  }
  return messages;
}
