// @vitest-environment happy-dom
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, RouterProvider } from '@tanstack/react-router';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { queries } from './queries.ts';
import { rememberLogin, wasLoggedIn } from './remembered.ts';
import { router } from './router.tsx';

const asked = vi.fn<typeof fetch>();
vi.stubGlobal('fetch', asked);
vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);

let root: Root;

beforeEach(() => {
  root = createRoot(document.createElement('div'));
  asked.mockImplementation(async () => new Response('{}', { status: 401 }));
});

afterEach(async () => {
  await act(async () => root.unmount());
  queries.clear();
  localStorage.clear();
  asked.mockReset();
});

async function open(address: string): Promise<void> {
  router.update({ ...router.options, history: createMemoryHistory({ initialEntries: [address] }) });
  await act(async () =>
    root.render(
      <MantineProvider>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>,
    ),
  );
  await act(() => router.load());
}

const leadsTo = (search: object) =>
  vi.waitFor(() => expect(router.state.location).toMatchObject({ pathname: '/login', search }));
const paths = () => asked.mock.calls.map(([address]) => address);

it('what makes no sense in an address reaches no screen', async () => {
  await open('/login?to=%2Fsites&other=1');
  await vi.waitFor(() => expect(router.state.location.search).toEqual({ to: '/sites' }));
});

it('a login leads to no other site, whatever the address says', async () => {
  await open('/login?to=https%3A%2F%2Felsewhere.example');
  await vi.waitFor(() => expect(router.state.location.search).toEqual({}));
});

it('a stranger to this browser costs one question, and comes back to where they went', async () => {
  await open('/?visitor=anna');
  await leadsTo({ to: '/?visitor=anna' });
  expect(paths()).toEqual(['/api/v1/me']);
});

it('where somebody was logged in, the list is asked for at once, and not the next time', async () => {
  rememberLogin(true);
  await open('/');
  await leadsTo({ to: '/' });
  expect(paths()).toContain('/api/v1/sessions?limit=50');
  expect(wasLoggedIn()).toBe(false);
});
