import { Button, Center, Skeleton, Stack, Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { fetchSessions } from '../api.ts';
import { LIVE_REFRESH_MS } from '../queries.ts';
import { Trouble } from '../Trouble.tsx';
import { FirstVisit } from './FirstVisit.tsx';
import { SessionTable } from './SessionTable.tsx';

/** The newest sessions first, more on demand; the first page keeps itself fresh. */
export function Sessions() {
  const list = useInfiniteQuery({
    queryKey: ['sessions'],
    queryFn: ({ pageParam }) => fetchSessions({}, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    refetchInterval: ({ state }) => (state.data?.pages.length === 1 ? LIVE_REFRESH_MS : false),
  });
  const sessions = list.data?.pages.flatMap((page) => page.sessions);
  return (
    <Stack maw={1280} mx="auto">
      <title>Sessions · Footage</title>
      <Title order={1} size="h3">
        Sessions
      </Title>
      {list.isError && <Trouble error={list.error} onRetry={() => list.refetch()} />}
      {list.isPending && <Skeleton h={420} />}
      {sessions?.length === 0 && <FirstVisit />}
      {sessions !== undefined && sessions.length > 0 && <SessionTable sessions={sessions} />}
      {list.hasNextPage && (
        <Center>
          <Button
            variant="default"
            loading={list.isFetchingNextPage}
            onClick={() => list.fetchNextPage()}
          >
            Load more
          </Button>
        </Center>
      )}
    </Stack>
  );
}
