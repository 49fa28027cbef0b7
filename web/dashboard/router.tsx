import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { ApiError } from './api.ts';
import { me, queries } from './queries.ts';
import { rememberLogin, wasLoggedIn } from './remembered.ts';
import { Failing } from './screens/Failing.tsx';
import { LogIn } from './screens/LogIn.tsx';
import { NotFound } from './screens/NotFound.tsx';
import { isOwnPath } from './screens/ownPath.ts';
import { Pending } from './screens/Pending.tsx';
import { sessionSearch } from './session/search.ts';
import { Sessions } from './sessions/Sessions.tsx';
import { listSearch } from './sessions/search.ts';
import { askAhead } from './sessions/useSessionList.ts';
import { Shell } from './shell/Shell.tsx';

const root = createRootRoute({
  notFoundComponent: () => (
    <main>
      <NotFound />
    </main>
  ),
});

const logIn = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (search): { to?: string } =>
    typeof search['to'] === 'string' && isOwnPath(search['to']) ? { to: search['to'] } : {},
  component: LogIn,
});

/** Everything behind the login. */
const staff = createRoute({
  getParentRoute: () => root,
  id: 'staff',
  component: Shell,
  errorComponent: ({ error }) => (
    <main>
      <Failing error={error} />
    </main>
  ),
  beforeLoad: async ({ location }) => {
    // What the list needs does not wait for the answer to who is asking, where that is known.
    if (location.pathname === '/' && wasLoggedIn()) askAhead(listSearch(location.search));
    try {
      await queries.ensureQueryData(me);
      rememberLogin(true);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      rememberLogin(false);
      throw redirect({ to: '/login', search: { to: location.href } });
    }
  },
});

const sessions = createRoute({
  getParentRoute: () => staff,
  path: '/',
  validateSearch: listSearch,
  component: Sessions,
});

const session = createRoute({
  getParentRoute: () => staff,
  path: '/sessions/$id',
  validateSearch: sessionSearch,
  component: lazyRouteComponent(() => import('./session/Session.tsx'), 'Session'),
});

const sites = createRoute({
  getParentRoute: () => staff,
  path: '/sites',
  component: lazyRouteComponent(() => import('./sites/Sites.tsx'), 'Sites'),
});

const site = createRoute({
  getParentRoute: () => staff,
  path: '/sites/$id',
  component: lazyRouteComponent(() => import('./sites/SiteSettings.tsx'), 'SiteSettings'),
});

export const router = createRouter({
  routeTree: root.addChildren([logIn, staff.addChildren([sessions, session, sites, site])]),
  // Without it, what a route does not take of an address would reach its screen all the same.
  search: { strict: true },
  defaultPreload: 'intent',
  defaultErrorComponent: Failing,
  defaultPendingComponent: Pending,
});

// A login that ran out shows at the next answer: the guard of the route is asked again.
queries.getQueryCache().subscribe(({ type, query }) => {
  const { error } = query.state;
  const refused = error instanceof ApiError && error.status === 401;
  // Without an answer to `me` the guard is asking already.
  const asking = queries.getQueryData(me.queryKey) === undefined;
  if (type !== 'updated' || !refused || query.queryKey === me.queryKey || asking) return;
  queries.removeQueries(me);
  void router.invalidate();
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
