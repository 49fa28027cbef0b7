// What of the session screen stands in the address bar.

export const SPEEDS: readonly number[] = [0.5, 1, 2, 4, 8, 16];

export interface SessionSearch {
  /** Seconds from the start. */
  at?: number;
  /** Without it, 1. */
  speed?: number;
  /** Without it, inactivity is skipped. */
  skip?: false;
}

/** What an address says, as far as it can be understood. */
export function sessionSearch(search: Record<string, unknown>): SessionSearch {
  const { at, speed, skip } = search;
  return {
    ...(typeof at === 'number' && at > 0 && Number.isFinite(at) ? { at } : {}),
    ...(typeof speed === 'number' && speed !== 1 && SPEEDS.includes(speed) ? { speed } : {}),
    ...(skip === false ? { skip } : {}),
  };
}
