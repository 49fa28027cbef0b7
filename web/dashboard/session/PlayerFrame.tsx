import { Center, Loader, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconPlayerPlayFilled } from '@tabler/icons-react';
import { bytes } from '../format.ts';
import { Trouble } from '../Trouble.tsx';
import classes from './session.module.css';
import type { Player } from './usePlayer.ts';

/** Later the button in the middle would hide what is looked at. */
const BEGINNING_MS = 1_000;

/**
 * The player's document with a glass over it: a click plays or pauses, and the keyboard never leaves
 * the dashboard.
 */
export function PlayerFrame({ player }: { player: Player }) {
  const { view } = player;
  return (
    <div className={classes['player']}>
      {view.url !== null && (
        <iframe
          ref={player.attach}
          className={classes['frame']}
          src={view.url}
          title="The recording"
          referrerPolicy="no-referrer"
          tabIndex={-1}
        />
      )}
      <Glass player={player} />
    </div>
  );
}

function Glass({ player }: { player: Player }) {
  const { view, toggle } = player;
  if (view.error !== null) {
    return (
      <Center className={classes['glass']} p="md">
        <Trouble error={view.error} onRetry={() => window.location.reload()} maw={480} />
      </Center>
    );
  }
  if (view.problem !== null && view.loaded === null) {
    return (
      <Center className={classes['glass']} p="md">
        <Text c="dimmed">{view.problem}</Text>
      </Center>
    );
  }
  if (view.loaded === null) {
    return (
      <Center className={classes['glass']}>
        <Stack align="center" gap="xs">
          <Loader size="sm" />
          <Text size="sm" c="dimmed">
            {view.arrived === 0 ? 'Opening the recording' : `${bytes(view.arrived)} read`}
          </Text>
        </Stack>
      </Center>
    );
  }
  return (
    <UnstyledButton
      className={classes['glass']}
      aria-label={view.state === 'playing' ? 'Pause' : 'Play'}
      onClick={toggle}
      tabIndex={-1}
    >
      {view.state === 'paused' && view.at < BEGINNING_MS && (
        <span className={classes['big']}>
          <IconPlayerPlayFilled size={36} />
        </span>
      )}
    </UnstyledButton>
  );
}
