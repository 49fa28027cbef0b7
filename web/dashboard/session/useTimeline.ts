import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { fetchChunks } from '../api.ts';
import { LIVE_REFRESH_MS, sessionDetails } from '../queries.ts';
import { timelineOf } from './timeline.ts';

/** A session and its timeline, which grows while it is live. */
export function useTimeline(id: string) {
  const details = useQuery(sessionDetails(id));
  const live = details.data?.live ?? false;
  const map = useQuery({
    // Once more when it is over.
    queryKey: ['session', id, 'chunks', live],
    queryFn: ({ signal }) => fetchChunks(id, signal),
    refetchInterval: live ? LIVE_REFRESH_MS : false,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });
  const timeline = useMemo(
    () => map.data && details.data && timelineOf(map.data, details.data),
    [map.data, details.data],
  );
  return {
    session: details.data,
    timeline,
    error: details.error ?? map.error,
    retry: () => Promise.all([details.refetch(), map.refetch()]),
  };
}
