import { QueryClient, queryOptions } from '@tanstack/react-query';
import { ApiError, fetchMe, fetchSession, fetchSites } from './api.ts';

/** An answer of the server is final; only one that did not come is asked for again. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < 2 && error instanceof ApiError && error.status === 0,
      staleTime: 2_000,
    },
  },
});

export const LIVE_REFRESH_MS = 5_000;

export const me = queryOptions({ queryKey: ['me'], queryFn: fetchMe, staleTime: 60_000 });

export const sites = queryOptions({ queryKey: ['sites'], queryFn: fetchSites });

export function sessionDetails(id: string) {
  return queryOptions({
    queryKey: ['session', id],
    queryFn: () => fetchSession(id),
    refetchInterval: ({ state }) => (state.data?.live ? LIVE_REFRESH_MS : false),
  });
}
