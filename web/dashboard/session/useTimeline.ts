import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import { fetchChunks, type SessionDetails } from '../api.ts';
import { LIVE_REFRESH_MS, sessionDetails } from '../queries.ts';
import { timelineOf } from './timeline.ts';

/** A session and its timeline, which grows until the session is over. */
export function useTimeline(id: string) {
  const details = useQuery({
    ...sessionDetails(id),
    refetchInterval: ({ state }) => (isOver(state.data) ? false : LIVE_REFRESH_MS),
  });
  const map = useQuery({
    queryKey: ['session', id, 'chunks'],
    queryFn: ({ signal }) => fetchChunks(id, signal),
  });
  const { refetch } = map;
  const known = useRef<number>(undefined);
  const stored = details.data?.raw_bytes;
  useEffect(() => {
    if (known.current !== undefined && known.current !== stored) void refetch();
    known.current = stored;
  }, [stored, refetch]);
  const timeline = useMemo(
    () => map.data && details.data && timelineOf(map.data, details.data),
    [map.data, details.data],
  );
  return {
    session: details.data,
    timeline,
    ratio: ratioOf(details.data),
    error: details.error ?? map.error,
    retry: () => Promise.all([details.refetch(), refetch()]),
  };
}

/** Width to height of what the visitor saw at first. */
function ratioOf(session: SessionDetails | undefined): number | null {
  const { viewport_width = 0, viewport_height = 0 } = session?.streams[0] ?? {};
  return viewport_width > 0 && viewport_height > 0 ? viewport_width / viewport_height : null;
}

/** Also a visitor who is not there may come back, until the session has ended. */
function isOver(session: SessionDetails | undefined): boolean {
  return session !== undefined && !session.live && session.ended_as !== null;
}
