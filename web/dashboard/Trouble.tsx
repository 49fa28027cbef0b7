import { Alert, type AlertProps, Button, Code, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { ApiError } from './api.ts';

interface TroubleProps extends AlertProps {
  error: unknown;
  onRetry?: () => void;
}

/** What went wrong, what to do about it, and the number to quote. */
export function Trouble({ error, onRetry, ...alert }: TroubleProps) {
  const told = error instanceof ApiError ? error : null;
  return (
    <Alert
      color="red"
      icon={<IconAlertTriangle />}
      title={error instanceof Error ? error.message : 'Something went wrong.'}
      {...alert}
    >
      <Stack gap="xs" align="flex-start">
        {told?.hint && <Text size="sm">{told.hint}</Text>}
        {told?.incident && (
          <Text size="xs" c="dimmed">
            Incident <Code>{told.incident}</Code>
          </Text>
        )}
        {onRetry && (
          <Button size="xs" variant="outline" color="red" onClick={onRetry}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
