import { Anchor, Badge, Skeleton, Tabs, Text, Title } from '@mantine/core';
import {
  useDebouncedCallback,
  useDisclosure,
  useFullscreenDocument,
  useHotkeys,
} from '@mantine/hooks';
import { IconArrowLeft } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { memo, useEffect, useRef, useState } from 'react';
import { ApiError, type SessionDetails } from '../api.ts';
import { bytes, visitorName } from '../format.ts';
import { KeysHelp } from '../KeysHelp.tsx';
import { Moment } from '../Moment.tsx';
import { readable } from '../readable.ts';
import { Stranger } from '../Stranger.tsx';
import { NotFound } from '../screens/NotFound.tsx';
import { lastSearch } from '../sessions/place.ts';
import { Trouble } from '../Trouble.tsx';
import { Controls } from './Controls.tsx';
import { Details } from './Details.tsx';
import { BUDGET_BYTES } from './feed.ts';
import { KEYS, playerKeys } from './keys.ts';
import { PageList } from './PageList.tsx';
import { type Emptiness, PlayerFrame } from './PlayerFrame.tsx';
import type { SessionSearch } from './search.ts';
import classes from './session.module.css';
import { TimelineBar } from './TimelineBar.tsx';
import { segmentAt, type Timeline } from './timeline.ts';
import { useActions } from './useActions.ts';
import { usePlayer } from './usePlayer.ts';
import { useTimeline } from './useTimeline.ts';
import type { View } from './view.ts';

const route = getRouteApi('/staff/sessions/$id');
const SECOND_MS = 1_000;
const REMEMBER_AFTER_MS = 300;
const NAME_MAX = 60;
const TIMELINE_PX = 64;

export function Session() {
  const { id } = route.useParams();
  return <Opened key={id} id={id} />;
}

function Opened({ id }: { id: string }) {
  const { at } = route.useSearch();
  const { session, timeline, ratio, error, retry } = useTimeline(id);
  // A recording that is not what it was is opened again, at the same place.
  const [opened, open] = useState({ times: 0, at_ms: (at ?? 0) * SECOND_MS });
  if (error instanceof ApiError && (error.status === 404 || error.status === 400)) {
    return <NotFound />;
  }
  if (error !== null && timeline === undefined) {
    return (
      <>
        <Heading session={session} timeline={undefined} held={0} />
        <Trouble error={error} onRetry={retry} maw={640} mx="auto" mt="xl" />
      </>
    );
  }
  return (
    <Watch
      key={opened.times}
      id={id}
      session={session}
      timeline={timeline}
      ratio={ratio}
      at_ms={opened.at_ms}
      onOutgrown={(at_ms) => open(({ times }) => ({ times: times + 1, at_ms }))}
    />
  );
}

interface WatchProps {
  id: string;
  session: SessionDetails | undefined;
  timeline: Timeline | undefined;
  ratio: number | null;
  at_ms: number;
  onOutgrown: (at_ms: number) => void;
}

function Watch({ id, session, timeline, ratio, at_ms, onOutgrown }: WatchProps) {
  const { speed = 1, skip = true } = route.useSearch();
  const live = session?.live ?? false;
  const player = usePlayer(id, timeline, live, { speed, skipInactive: skip, at_ms }, onOutgrown);
  const { view } = player;
  const screen = useFullscreenDocument();
  const [helped, help] = useDisclosure(false);
  const remember = useRemembered(view.at_ms, view.shown && view.state !== 'playing');
  const actions = useActions(player, timeline, {
    speed,
    setSpeed: (next) => {
      player.send({ type: 'speed', speed: next });
      remember({ speed: next === 1 ? undefined : next });
    },
    toggleSkip: () => {
      player.send({ type: 'skip_inactive', on: !skip });
      remember({ skip: skip ? false : undefined });
    },
    toggleFullScreen: () => void screen.toggle(),
    help: help.toggle,
  });
  const keys = playerKeys(actions);
  useHotkeys(keys, []);
  return (
    <div className={classes['screen']}>
      <div className={classes['watch']} data-full={screen.fullscreen || undefined}>
        <Heading session={session} timeline={timeline} held={view.loaded?.bytes ?? 0} />
        <PlayerFrame
          player={player}
          live={live}
          empty={emptiness(timeline, live, view)}
          ratio={ratio}
        />
        {timeline ? (
          <TimelineBar
            timeline={timeline}
            at_ms={view.at_ms}
            loaded={view.loaded}
            holes={view.holes}
            onSeek={player.seek}
            keys={keys}
          />
        ) : (
          <Skeleton h={TIMELINE_PX} />
        )}
        <Controls
          view={view}
          actions={actions}
          skipInactive={skip}
          fullScreen={screen.fullscreen}
        />
      </div>
      <Side
        session={session}
        timeline={timeline}
        current={segmentAt(timeline?.pages ?? [], view.at_ms)}
        holes={view.holes}
        problems={view.problems}
        absent={view.absent}
        onSeek={player.seek}
      />
      <KeysHelp keys={KEYS} opened={helped} onClose={help.close} />
    </div>
  );
}

interface SideProps extends Pick<View, 'holes' | 'problems' | 'absent'> {
  session: SessionDetails | undefined;
  timeline: Timeline | undefined;
  /** The page at which the player stands. */
  current: number;
  onSeek: (at_ms: number) => void;
}

const Side = memo(function Side({ session, timeline, current, onSeek, ...found }: SideProps) {
  return (
    <Tabs defaultValue="pages" className={classes['side'] ?? ''} keepMounted={false}>
      <Tabs.List>
        <Tabs.Tab value="pages">Pages</Tabs.Tab>
        <Tabs.Tab value="details">Details</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="pages" className={classes['panel'] ?? ''}>
        {timeline ? (
          <PageList pages={timeline.pages} current={current} onSeek={onSeek} />
        ) : (
          <Skeleton h={168} m="md" />
        )}
      </Tabs.Panel>
      <Tabs.Panel value="details" className={classes['panel'] ?? ''} tabIndex={0}>
        {session ? (
          <Details session={session} onSeek={onSeek} {...found} />
        ) : (
          <Skeleton h={420} m="md" />
        )}
      </Tabs.Panel>
    </Tabs>
  );
});

interface HeadingProps {
  session: SessionDetails | undefined;
  timeline: Timeline | undefined;
  /** Inflated bytes that the player holds. */
  held: number;
}

function Heading({ session, timeline, held }: HeadingProps) {
  const name = session ? visitorName(session.visitor, session.user) : 'Session';
  return (
    <div className={classes['heading']}>
      <Anchor
        renderRoot={(props) => <Link to="/" search={lastSearch()} {...props} />}
        aria-label="To the sessions"
        c="dimmed"
        lh={0}
      >
        <IconArrowLeft size={20} />
      </Anchor>
      <Title order={1} size="h4" lineClamp={1}>
        <Stranger text={name} max={NAME_MAX} />
      </Title>
      <title>{`${readable(name, NAME_MAX)} · Footage`}</title>
      {session?.live && (
        <Badge color="red" variant="light" flex="none">
          Live
        </Badge>
      )}
      {session && (
        <Text size="sm" c="dimmed" className={classes['about'] ?? ''}>
          {timeline && partsWords(timeline, held)}
          {session.site.name} · <Moment ms={session.started_at_ms} />
        </Text>
      )}
    </div>
  );
}

/** What is to be known of a recording that is not simply all there. */
function partsWords({ cut, raw_bytes }: Timeline, held: number): string {
  const all = raw_bytes.at(-1) ?? 0;
  const parts =
    all > BUDGET_BYTES ? `Opened in parts: ${bytes(held)} of ${bytes(all)} loaded · ` : '';
  return cut ? `${parts}Its end is left out: it has too many pieces · ` : parts;
}

/** Why there is no picture, once that is known. */
function emptiness(
  timeline: Timeline | undefined,
  live: boolean,
  { shown, loaded }: View,
): Emptiness | null {
  if (timeline === undefined || shown) return null;
  if (timeline.keyframes.length === 0) return live ? 'early' : 'none';
  const read = loaded !== null && loaded.to_ms >= timeline.duration_ms;
  return read && !loaded.pictured ? 'unreadable' : null;
}

/**
 * Keeps the place in the address bar while nothing moves, and the choices at once, so that the
 * address can be sent to a colleague.
 */
function useRemembered(at_ms: number, stands: boolean) {
  const navigate = route.useNavigate();
  const remember = useRef(
    (change: { [K in keyof SessionSearch]: SessionSearch[K] | undefined }) => {
      void navigate({ search: (search) => given({ ...search, ...change }), replace: true });
    },
  ).current;
  const place = useDebouncedCallback((seconds: number) => {
    remember({ at: seconds > 0 ? seconds : undefined });
  }, REMEMBER_AFTER_MS);
  const seconds = Math.floor(at_ms / SECOND_MS);
  useEffect(() => {
    if (stands) place(seconds);
  }, [seconds, stands, place]);
  return remember;
}

function given(search: Record<string, unknown>): SessionSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));
}
