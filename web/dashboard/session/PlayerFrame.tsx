import { Button, Center, Loader, Progress, Stack, Text, UnstyledButton } from '@mantine/core';
import { useWindowEvent } from '@mantine/hooks';
import { IconAlertTriangle, IconPlayerPlayFilled } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useRef } from 'react';
import { bytes } from '../format.ts';
import { Trouble } from '../Trouble.tsx';
import classes from './session.module.css';
import type { Player } from './usePlayer.ts';
import { isPlaying, type View } from './view.ts';

/** Later the button in the middle would hide what is looked at. */
const BEGINNING_MS = 1_000;

interface PlayerFrameProps {
  player: Player;
  live: boolean;
  /** Why there is no picture. */
  empty: Emptiness | null;
  /** Width to height of the picture, where that is known. */
  ratio: number | null;
}

/** No picture has come yet, came at all, or can be read. */
export type Emptiness = 'early' | 'none' | 'unreadable';

/**
 * The player's document with a glass over it: a click plays or pauses, and the keyboard never leaves
 * the dashboard.
 */
export function PlayerFrame({ player, live, empty, ratio }: PlayerFrameProps) {
  const { view } = player;
  useFocusKept();
  return (
    <div className={classes['player']} style={{ aspectRatio: ratio ?? undefined }}>
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
      <Glass player={player} live={live} empty={empty} />
    </div>
  );
}

/** A dialog that opens in the recording takes the focus along, and with it the keyboard: back again. */
function useFocusKept(): void {
  const last = useRef<HTMLElement | null>(null);
  useWindowEvent('focusin', ({ target }) => {
    if (!(target instanceof HTMLIFrameElement)) last.current = target as HTMLElement;
  });
  useWindowEvent('blur', () => {
    // Only after it is known what has it now.
    setTimeout(() => {
      const { activeElement } = document;
      if (!(activeElement instanceof HTMLIFrameElement)) return;
      activeElement.blur();
      window.focus();
      last.current?.focus();
    });
  });
}

function Glass({ player, live, empty }: Omit<PlayerFrameProps, 'ratio'>) {
  const { view, toggle, retry } = player;
  if (view.error !== null) {
    return (
      <Center className={classes['glass']} data-cover={!view.shown || undefined} p="md">
        <Trouble error={view.error} onRetry={retry} maw={480} />
      </Center>
    );
  }
  if (empty !== null) return <Empty why={empty} />;
  if (!view.shown) return <Opening view={view} />;
  return (
    <>
      <UnstyledButton
        className={classes['glass']}
        aria-label={isPlaying(view) ? 'Pause' : 'Play'}
        onClick={toggle}
        tabIndex={-1}
      >
        {view.state === 'paused' && view.at_ms < BEGINNING_MS && (
          <span className={classes['big']}>
            <IconPlayerPlayFilled size={36} />
          </span>
        )}
      </UnstyledButton>
      <Busy view={view} live={live} />
    </>
  );
}

function Opening({ view: { loaded, retries } }: { view: View }) {
  const { bytes: read, needed_bytes: needed } = loaded ?? { bytes: 0, needed_bytes: 0 };
  return (
    <Center className={classes['glass']} data-cover>
      <Stack align="center" gap="xs" className={classes['late']}>
        <Loader size="sm" />
        <Text size="sm" c="dimmed">
          {retries > 0 && AWAY}
          {retries === 0 && read === 0 && 'Opening the recording'}
          {retries === 0 && read > 0 && read < needed && `${bytes(read)} of ${bytes(needed)} read`}
          {retries === 0 && read > 0 && read >= needed && 'Building the first picture'}
        </Text>
      </Stack>
    </Center>
  );
}

const AWAY = 'The server cannot be reached. Trying again …';

/** A word on what takes long or is not the whole truth, out of the way of the picture. */
function Busy({ view, live }: { view: View; live: boolean }) {
  const { state, seeking, retries, holes, at_ms } = view;
  if (retries > 0) return <Note>{AWAY}</Note>;
  if (seeking?.all === 0) return <Note>Reading this place</Note>;
  if (seeking !== null && seeking.done < seeking.all) {
    return (
      <Note>
        Building the picture
        <Progress w={80} value={(seeking.done / seeking.all) * 100} aria-label="Built so far" />
      </Note>
    );
  }
  if (state === 'waiting') {
    return (
      <Note>{live ? 'Waiting for what the visitor does next' : 'Reading what comes next'}</Note>
    );
  }
  const hole = holes.find(({ from_ms, to_ms }) => from_ms <= at_ms && at_ms < to_ms);
  return hole && <Note icon={<IconAlertTriangle size={16} />}>{hole.text}</Note>;
}

interface NoteProps {
  icon?: ReactNode;
  children: ReactNode;
}

function Note({ icon = <Loader size={14} color="white" />, children }: NoteProps) {
  return (
    <span className={classes['note']} role="status">
      {icon}
      {children}
    </span>
  );
}

const EMPTY: Record<Emptiness, readonly [title: string, text: string]> = {
  early: [
    'No picture of a page has arrived from this visit.',
    'It is still going on: the first picture shows here as soon as it comes.',
  ],
  none: [
    'No picture of a page has arrived from this visit.',
    'The visitor left before the page was recorded, or its picture was lost on the way. What did arrive is under Details.',
  ],
  unreadable: [
    'No picture of this recording can be read.',
    'What is stored of it is damaged. Details say what, and where.',
  ],
};

function Empty({ why }: { why: Emptiness }) {
  const [title, text] = EMPTY[why];
  return (
    <Center className={classes['glass']} data-cover p="md">
      <Stack align="center" gap="xs">
        <Text fw={600} ta="center">
          {title}
        </Text>
        <Text size="sm" c="dimmed" ta="center" maw={420}>
          {text}
        </Text>
        <Button component={Link} to="/" variant="light" size="xs">
          To the sessions
        </Button>
      </Stack>
    </Center>
  );
}
