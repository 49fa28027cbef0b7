// @vitest-environment happy-dom
import { QueryObserver } from '@tanstack/react-query';
import { afterEach, expect, it } from 'vitest';
import { ApiError } from '../api.ts';
import { queries } from '../queries.ts';
import { lookAway } from './away.ts';

const leave: (() => void)[] = [];
afterEach(() => {
  for (const left of leave.splice(0)) left();
  queries.clear();
});

/** Something on the screen whose next answer is this error. */
async function failing(data: string | undefined, error: Error): Promise<void> {
  if (data !== undefined) queries.setQueryData(['shown'], data);
  const shown = new QueryObserver(queries, {
    queryKey: ['shown'],
    queryFn: () => Promise.reject(error),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  leave.push(shown.subscribe(() => {}));
  await shown.refetch();
}

it('tells of whatever keeps what is shown from being new', async () => {
  const error = new ApiError(500, { code: 'internal' });
  await failing('old', error);
  expect(lookAway()?.error).toBe(error);
  queries.setQueryData(['shown'], 'new');
  expect(lookAway()).toBeNull();
});

it('leaves to others what shows nothing yet, and who is logged out', async () => {
  await failing(undefined, new ApiError(500, {}));
  expect(lookAway()).toBeNull();
  await failing('old', new ApiError(401, {}));
  expect(lookAway()).toBeNull();
});
