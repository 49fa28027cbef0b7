import { Alert, Text } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { Moment } from '../Moment.tsx';
import { sentence } from '../Trouble.tsx';
import { useAway } from './away.ts';
import classes from './shell.module.css';

/** What is on the screen may be old. */
export function AwayBanner() {
  const away = useAway();
  if (away === null) return null;
  return (
    <Alert
      color="orange"
      role="status"
      className={classes['away'] ?? ''}
      py="xs"
      icon={<IconPlugConnectedX aria-hidden />}
    >
      <Text size="sm">
        {sentence(away.error.message).replace(/\.$/, '')}, since <Moment ms={away.since_ms} />. What
        you see is from before.{' '}
        {away.error.code === 'database_away' && 'Recording goes on; nothing is lost. '}
        Asked again by itself.
      </Text>
    </Alert>
  );
}
