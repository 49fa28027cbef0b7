import { Alert, type AlertProps, Button, Code, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useEffect } from 'react';
import { ApiError } from './api.ts';
import { isPassing } from './queries.ts';

const RETRY_MS = 5_000;

interface TroubleProps extends AlertProps {
  error: unknown;
  onRetry?: () => void;
}

/**
 * What went wrong, what to do about it, and the number to quote. What may pass is tried again by
 * itself.
 */
export function Trouble({ error, onRetry, ...alert }: TroubleProps) {
  const told = error instanceof ApiError ? error : null;
  const again = onRetry !== undefined && isPassing(error);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new error counts anew
  useEffect(() => {
    if (!again) return;
    const timer = setTimeout(onRetry, RETRY_MS);
    return () => clearTimeout(timer);
  }, [error, again]);
  return (
    <Alert
      color="red"
      variant="outline"
      icon={<IconAlertTriangle />}
      title={sentence(error instanceof Error ? error.message : 'something went wrong')}
      role="alert"
      {...alert}
    >
      <Stack gap="xs" align="flex-start">
        {told?.hint && (
          <Text size="sm">
            <WithCommands words={sentence(told.hint)} />
          </Text>
        )}
        {told?.incident && (
          <Text size="xs" c="dimmed">
            Incident <Code>{told.incident}</Code>
          </Text>
        )}
        {onRetry && (
          <Group gap="sm">
            <Button size="xs" variant="outline" color="red" onClick={onRetry}>
              Try again
            </Button>
            {again && (
              <Text size="xs" c="dimmed">
                Tried again by itself every few seconds.
              </Text>
            )}
          </Group>
        )}
      </Stack>
    </Alert>
  );
}

/** What stands between backticks is to be typed somewhere. */
function WithCommands({ words }: { words: string }) {
  return words.split('`').map((part, at) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts have nothing else
    at % 2 === 1 ? <Code key={at}>{part}</Code> : part,
  );
}

/** The server speaks in lower case and without a full stop. */
export function sentence(words: string): string {
  const text = words.charAt(0).toUpperCase() + words.slice(1);
  return text === '' || /[.!?]$/.test(text) ? text : `${text}.`;
}
