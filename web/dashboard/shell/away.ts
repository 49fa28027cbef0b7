import { useSyncExternalStore } from 'react';
import type { ApiError } from '../api.ts';
import { isPassing, queries } from '../queries.ts';

export interface Away {
  error: ApiError;
  since_ms: number;
}

let away: Away | null = null;

/** An error behind what is on the screen: it may be old. What shows nothing yet says so itself. */
function look(): Away | null {
  const failing = queries
    .getQueryCache()
    .findAll({ type: 'active' })
    .find(({ state }) => state.data !== undefined && isPassing(state.error));
  if (failing === undefined) away = null;
  else away ??= { error: failing.state.error as ApiError, since_ms: Date.now() };
  return away;
}

/** Why what is shown may be old, and since when; null while all is well. */
export function useAway(): Away | null {
  return useSyncExternalStore((changed) => queries.getQueryCache().subscribe(changed), look);
}
