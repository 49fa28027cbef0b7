import { Box, Button } from '@mantine/core';
import { Link, useRouter } from '@tanstack/react-router';
import { ApiError } from '../api.ts';
import { isPassing } from '../queries.ts';
import { sentence, Trouble } from '../Trouble.tsx';
import { NotFound } from './NotFound.tsx';
import { Screen } from './Screen.tsx';

/** A screen that cannot be shown: why, what to do, and another attempt where time may heal it. */
export function Failing({ error }: { error: unknown }) {
  const router = useRouter();
  if (error instanceof ApiError && error.status === 404) return <NotFound />;
  if (error instanceof ApiError && error.status === 403) {
    return (
      <Screen
        title="No rights"
        words={sentence(error.hint ?? 'ask an administrator for the right to see this')}
      >
        <Button component={Link} to="/" variant="light">
          To the sessions
        </Button>
      </Screen>
    );
  }
  const ours = error instanceof ApiError;
  return (
    <Screen
      title={isPassing(error) ? 'Not now' : 'This went wrong'}
      words={
        ours
          ? 'This screen needs an answer of the server that did not come.'
          : 'The dashboard made a mistake here. Loading the page again may help; the recordings are safe.'
      }
    >
      <Box w="100%" ta="left">
        <Trouble
          error={error}
          onRetry={() => (ours ? void router.invalidate() : window.location.reload())}
        />
      </Box>
    </Screen>
  );
}
