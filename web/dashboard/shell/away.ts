import { useSyncExternalStore } from 'react';
import { ApiError } from '../api.ts';
import { queries } from '../queries.ts';

export interface Away {
  error: ApiError;
  since_ms: number;
}

let away: Away | null = null;

/** An error behind what is on the screen: it may be old. What shows nothing yet says so itself. */
export function lookAway(): Away | null {
  const errors = queries
    .getQueryCache()
    .findAll({ type: 'active' })
    .flatMap(({ state: { data, error } }) =>
      data !== undefined && error instanceof ApiError && error.status !== 401 ? [error] : [],
    );
  const [error] = errors;
  if (error === undefined) away = null;
  else if (away?.error.code !== error.code)
    away = { error, since_ms: away?.since_ms ?? Date.now() };
  return away;
}

/** Why what is shown may be old, and since when; null while all is well. */
export function useAway(): Away | null {
  return useSyncExternalStore((changed) => queries.getQueryCache().subscribe(changed), lookAway);
}
