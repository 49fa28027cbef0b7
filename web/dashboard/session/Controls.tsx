import { ActionIcon, Group, SegmentedControl, Switch, Text, Tooltip } from '@mantine/core';
import {
  IconChevronLeft,
  IconChevronRight,
  IconKeyboard,
  IconMaximize,
  IconMinimize,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipBackFilled,
  IconPlayerSkipForwardFilled,
  IconReload,
} from '@tabler/icons-react';
import { memo, type ReactNode } from 'react';
import { clock } from '../format.ts';
import type { Actions } from './keys.ts';
import { ShareButton } from './ShareButton.tsx';
import { SPEEDS } from './search.ts';
import classes from './session.module.css';
import { isPlaying, type View } from './view.ts';

interface ControlsProps {
  view: View;
  actions: Actions;
  skipInactive: boolean;
  fullScreen: boolean;
}

export function Controls({ view, actions, skipInactive, fullScreen }: ControlsProps) {
  return (
    <div className={classes['controls']}>
      <Group gap={4} wrap="nowrap">
        <Moves
          actions={actions}
          disabled={!view.shown}
          playing={isPlaying(view)}
          finished={view.state === 'finished'}
        />
        <Text size="sm" ml={4} className={classes['clock']} data-testid="clock">
          {clock(view.at_ms)} / {clock(actions.duration_ms)}
        </Text>
      </Group>
      <Choices actions={actions} skipInactive={skipInactive} fullScreen={fullScreen} />
    </div>
  );
}

interface MovesProps {
  actions: Actions;
  disabled: boolean;
  playing: boolean;
  finished: boolean;
}

const Moves = memo(function Moves({ actions, disabled, playing, finished }: MovesProps) {
  const { toggle, page, step } = actions;
  return (
    <>
      <Tooltip label={playing ? 'Pause (space)' : 'Play (space)'}>
        <ActionIcon
          size="lg"
          radius="xl"
          aria-label={playing ? 'Pause' : 'Play'}
          disabled={disabled}
          onClick={toggle}
        >
          <PlayIcon playing={playing} finished={finished} />
        </ActionIcon>
      </Tooltip>
      <Control label="Previous page" keys="p" disabled={disabled} act={() => page(-1)}>
        <IconPlayerSkipBackFilled size={16} />
      </Control>
      <Control label="Next page" keys="n" disabled={disabled} act={() => page(1)}>
        <IconPlayerSkipForwardFilled size={16} />
      </Control>
      <Control label="Previous change" keys="," disabled={disabled} act={() => step(-1)}>
        <IconChevronLeft size={18} />
      </Control>
      <Control label="Next change" keys="." disabled={disabled} act={() => step(1)}>
        <IconChevronRight size={18} />
      </Control>
    </>
  );
});

type ChoicesProps = Omit<ControlsProps, 'view'>;

const Choices = memo(function Choices({ actions, skipInactive, fullScreen }: ChoicesProps) {
  return (
    <Group gap="sm">
      <Switch
        size="xs"
        label="Skip inactivity"
        checked={skipInactive}
        onChange={actions.toggleSkip}
      />
      <SegmentedControl
        size="xs"
        aria-label="Speed"
        value={String(actions.speed)}
        onChange={(value) => actions.setSpeed(Number(value))}
        data={SPEEDS.map((value) => ({ value: String(value), label: `${value}×` }))}
      />
      <Group gap={4} wrap="nowrap">
        <ShareButton at_ms={actions.at_ms} />
        <Control label="Keyboard" keys="?" act={actions.help}>
          <IconKeyboard size={18} />
        </Control>
        <Control
          label={fullScreen ? 'Leave full screen' : 'Full screen'}
          keys="f"
          act={actions.toggleFullScreen}
        >
          {fullScreen ? <IconMinimize size={18} /> : <IconMaximize size={18} />}
        </Control>
      </Group>
    </Group>
  );
});

interface ControlProps {
  label: string;
  keys: string;
  disabled?: boolean;
  act: () => void;
  children: ReactNode;
}

function Control({ label, keys, disabled = false, act, children }: ControlProps) {
  return (
    <Tooltip label={`${label} (${keys})`}>
      <ActionIcon
        size="lg"
        variant="subtle"
        color="gray"
        aria-label={label}
        disabled={disabled}
        onClick={act}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

function PlayIcon({ playing, finished }: { playing: boolean; finished: boolean }) {
  if (playing) return <IconPlayerPauseFilled size={18} />;
  return finished ? <IconReload size={18} /> : <IconPlayerPlayFilled size={18} />;
}
