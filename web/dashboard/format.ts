// Times, durations, sizes and addresses as people read them.

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How long something took: `0 s`, `42 s`, `3 min 05 s`, `1 h 04 min`. */
export function duration(ms: number): string {
  const whole = Math.round(Math.max(0, ms) / SECOND) * SECOND;
  if (whole < MINUTE) return `${whole / SECOND} s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} min ${two((whole % MINUTE) / SECOND)} s`;
  return `${Math.floor(whole / HOUR)} h ${two(Math.floor((whole % HOUR) / MINUTE))} min`;
}

const UNITS_S: Record<string, number> = { s: 1, sec: 1, m: 60, min: 60, h: 3_600 };

/** Seconds as people write them: `90`, `90 s`, `5 min`, `1:30`, `1 h 30 min`; null for all else. */
export function parseSeconds(text: string): number | null {
  const clocked = /^(?:(\d+):)?(\d+):([0-5]\d)$/.exec(text.trim());
  if (clocked) {
    const [, hours = '0', minutes, seconds] = clocked;
    return Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
  }
  if (!/^(\d+\s*(s|sec|m|min|h)?\s*)+$/.test(text.trim())) return null;
  const parts = text.matchAll(/(\d+)\s*([a-z]*)/g);
  return [...parts].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNITS_S[unit || 's'] ?? 0),
    0,
  );
}

/** A place in a recording: `0:07`, `12:40`, `1:02:03`. */
export function clock(ms: number): string {
  const whole = Math.floor(Math.max(0, ms) / SECOND);
  const seconds = two(whole % 60);
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3_600);
  return hours === 0 ? `${minutes}:${seconds}` : `${hours}:${two(minutes)}:${seconds}`;
}

function two(count: number): string {
  return String(count).padStart(2, '0');
}

/** `512 B`, `1.3 kB`, `48 MB`. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;
  let amount = count;
  let unit = 0;
  while (amount >= 999.5 && unit < units.length - 1) {
    amount /= 1_000;
    unit += 1;
  }
  const digits = unit === 0 || amount >= 9.95 ? 0 : 1;
  return `${amount.toFixed(digits)} ${units[unit]}`;
}

const WHOLE = new Intl.NumberFormat('en-GB');

export function number(count: number): string {
  return WHOLE.format(count);
}

/** `1 click`, `1,204 clicks`. */
export function counted(count: number, word: string): string {
  return `${number(count)} ${word}${count === 1 ? '' : 's'}`;
}

const SHORT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
const EXACT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'long' });

/** What a date can hold; a visitor's clock may say anything. */
const DATE_MAX_MS = 8.64e15;

function dated(ms: number): Date {
  return new Date(Math.min(DATE_MAX_MS, Math.max(-DATE_MAX_MS, ms)) || 0);
}

/** The reader's time: `22 Nov 2025, 14:02`. */
export function moment(ms: number): string {
  return SHORT.format(dated(ms));
}

/** The same to the second with its zone, and in UTC, for a hover text. */
export function exactMoment(ms: number): string {
  return `${EXACT.format(dated(ms))} (${isoMoment(ms)})`;
}

/** For machines: `2025-11-22T13:02:07.000Z`. */
export function isoMoment(ms: number): string {
  return dated(ms).toISOString();
}

/** What tells pages of one site apart: `/checkout?step=2`. */
export function pathOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? url : `${parsed.pathname}${parsed.search}${parsed.hash}`;
}

/** How staff tell visitors apart who gave no name. */
export function visitorName(visitor: string, user: string | null): string {
  return user?.trim() ? user : `Visitor ${visitor.slice(0, 8)}`;
}
