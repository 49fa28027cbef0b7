import { useIsFetching, useIsMutating } from '@tanstack/react-query';
import { useRouterState } from '@tanstack/react-router';
import classes from './shell.module.css';

/** A line at the upper edge for whatever takes longer than a second. */
export function Progress() {
  const moving = useRouterState({ select: ({ isLoading }) => isLoading });
  const fetching = useIsFetching() > 0;
  const changing = useIsMutating() > 0;
  if (!moving && !fetching && !changing) return null;
  return <div className={classes['progress']} role="progressbar" aria-label="Loading" />;
}
