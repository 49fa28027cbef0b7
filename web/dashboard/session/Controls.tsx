import { ActionIcon, Group, SegmentedControl, Switch, Text, Tooltip } from '@mantine/core';
import { IconPlayerPauseFilled, IconPlayerPlayFilled, IconReload } from '@tabler/icons-react';
import type { PlayState } from '../../player/messages.ts';
import { clock } from '../format.ts';
import type { Player } from './usePlayer.ts';

export const SPEEDS: readonly number[] = [0.5, 1, 2, 4, 8, 16];

interface ControlsProps {
  player: Player;
  speed: number;
  onSpeed: (speed: number) => void;
  skipInactive: boolean;
  onSkipInactive: (on: boolean) => void;
}

export function Controls({ player, speed, onSpeed, skipInactive, onSkipInactive }: ControlsProps) {
  const { view, toggle } = player;
  const playing = view.state === 'playing';
  return (
    <Group gap="md" justify="space-between">
      <Group gap="sm" wrap="nowrap">
        <Tooltip label={playing ? 'Pause (space)' : 'Play (space)'}>
          <ActionIcon
            size="lg"
            aria-label={playing ? 'Pause' : 'Play'}
            disabled={view.loaded === null}
            onClick={toggle}
          >
            <StateIcon state={view.state} />
          </ActionIcon>
        </Tooltip>
        <Text size="sm" data-testid="clock">
          {clock(view.at)} / {clock(view.loaded?.duration_ms ?? 0)}
        </Text>
      </Group>
      <Group gap="md">
        <Switch
          size="sm"
          label="Skip inactivity"
          checked={skipInactive}
          onChange={(event) => onSkipInactive(event.currentTarget.checked)}
        />
        <SegmentedControl
          size="xs"
          aria-label="Speed"
          value={String(speed)}
          onChange={(value) => onSpeed(Number(value))}
          data={SPEEDS.map((value) => ({ value: String(value), label: `${value}×` }))}
        />
      </Group>
    </Group>
  );
}

function StateIcon({ state }: { state: PlayState }) {
  switch (state) {
    case 'playing':
      return <IconPlayerPauseFilled size={18} />;
    case 'paused':
      return <IconPlayerPlayFilled size={18} />;
    case 'finished':
      return <IconReload size={18} />;
  }
}
