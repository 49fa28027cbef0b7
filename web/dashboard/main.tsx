import '@mantine/core/styles.layer.css';
import './main.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api.ts';
import { queries } from './queries.ts';
import { router } from './router.tsx';
import { theme } from './theme.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no #root');

createRoot(root, { onCaughtError }).render(
  <MantineProvider theme={theme} defaultColorScheme="auto">
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </MantineProvider>,
);

/** What the server said is on the screen; all else is a mistake of ours. */
function onCaughtError(error: unknown) {
  if (!(error instanceof ApiError)) console.error(error);
}
