// Why a socket closed, and whether the recorder may come back.
import { closeCodes } from './settings.ts';

/**
 * What the recorder does after a close: `never` stop for this page, `page` stop until the next
 * page load and forget the session, `stream` stop because another socket speaks for this page,
 * `jitter` come back soon, `after` come back when the server says.
 */
const RETRIES = ['never', 'page', 'stream', 'jitter', 'after'] as const;
export type Retry = (typeof RETRIES)[number];

export type Close = { code: number; name: string; retry: Retry };

const byCode = new Map<number, Close>();
for (const { code, name, retry } of closeCodes) {
  const known = RETRIES.find((each) => each === retry);
  if (known) byCode.set(code, { code, name, retry: known });
}

/** Looks a close code up; one that is not of the protocol (1005, 1006, …) is worth a retry. */
export function closeOf(code: number): Close {
  return byCode.get(code) ?? { code, name: 'lost', retry: 'jitter' };
}

/** Looks a close up by the one word for it, as HTTP errors carry it. */
export function closeNamed(name: string): Close | null {
  return [...byCode.values()].find((close) => close.name === name) ?? null;
}

/** The wait a server asked for in a close reason (`…; retry_after_ms=2000`) or in JSON. */
export function retryAfterMs(reason: string): number | null {
  const found = /retry_after_ms"?\s*[=:]\s*(\d{1,9})/.exec(reason);
  return found ? Number(found[1]) : null;
}
