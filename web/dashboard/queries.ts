import { QueryClient, queryOptions } from '@tanstack/react-query';
import { ApiError, fetchMe, fetchSession, fetchSites } from './api.ts';

/** An answer of the server is final; only one that did not come is asked for again. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < 1 && error instanceof ApiError && error.status === 0,
      // A browser that believes to be offline may be wrong: the server may be this machine.
      networkMode: 'always',
      staleTime: 2_000,
    },
    mutations: { networkMode: 'always' },
  },
});

export const LIVE_REFRESH_MS = 5_000;

export const me = queryOptions({ queryKey: ['me'], queryFn: fetchMe, staleTime: 60_000 });

export const sites = queryOptions({
  queryKey: ['sites'],
  queryFn: fetchSites,
  staleTime: 30_000,
});

export function sessionDetails(id: string) {
  return queryOptions({
    queryKey: ['session', id],
    queryFn: () => fetchSession(id),
    refetchInterval: ({ state }) => (state.data?.live ? LIVE_REFRESH_MS : false),
  });
}

/** Whether it may be otherwise in a moment, so that it is worth asking again by itself. */
export function isPassing(error: unknown): boolean {
  return error instanceof ApiError && [0, 429, 502, 503, 504].includes(error.status);
}
