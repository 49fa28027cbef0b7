import { Anchor, Badge, Group, Skeleton, Text, Title } from '@mantine/core';
import { useDebouncedCallback, useHotkeys } from '@mantine/hooks';
import { IconArrowLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { ApiError } from '../api.ts';
import { exactMoment, moment, visitorName } from '../format.ts';
import { sessionDetails } from '../queries.ts';
import { NotFound } from '../screens/NotFound.tsx';
import { Trouble } from '../Trouble.tsx';
import { Controls } from './Controls.tsx';
import { Details } from './Details.tsx';
import { playerKeys } from './keys.ts';
import { PlayerFrame } from './PlayerFrame.tsx';
import { SeekBar } from './SeekBar.tsx';
import classes from './session.module.css';
import { segments } from './timeline.ts';
import { usePlayer } from './usePlayer.ts';

const route = getRouteApi('/staff/sessions/$id');
const SECOND = 1_000;
const REMEMBER_AFTER_MS = 300;

export function Session() {
  const { id } = route.useParams();
  const { error } = useQuery(sessionDetails(id));
  if (error instanceof ApiError && (error.status === 404 || error.status === 400)) {
    return <NotFound />;
  }
  return <Watch key={id} id={id} />;
}

function Watch({ id }: { id: string }) {
  const { at } = route.useSearch();
  const details = useQuery(sessionDetails(id));
  const [speed, setSpeed] = useState(1);
  const [skipInactive, setSkipInactive] = useState(true);
  const player = usePlayer(id, { speed, skipInactive, at: (at ?? 0) * SECOND });
  const { loaded, recording } = player.view;
  const pages = useMemo(
    () =>
      loaded && recording ? segments(recording.pages, loaded.start_ms, loaded.duration_ms) : [],
    [loaded, recording],
  );
  useRemembered(player.view.at, player.view.state === 'playing' || loaded === null);

  function changeSpeed(next: number) {
    setSpeed(next);
    player.setSpeed(next);
  }

  function changeSkipInactive(on: boolean) {
    setSkipInactive(on);
    player.setSkipInactive(on);
  }

  const keys = playerKeys(player, speed, changeSpeed);
  useHotkeys(keys, []);
  return (
    <div className={classes['screen']}>
      <div className={classes['watch']}>
        <Heading id={id} />
        <PlayerFrame player={player} />
        <SeekBar player={player} pages={pages} keys={keys} />
        <Controls
          player={player}
          speed={speed}
          onSpeed={changeSpeed}
          skipInactive={skipInactive}
          onSkipInactive={changeSkipInactive}
        />
      </div>
      <div>
        {details.isPending && <Skeleton h={480} />}
        {details.isError && <Trouble error={details.error} onRetry={() => details.refetch()} />}
        {details.data && (
          <Details
            session={details.data}
            pages={pages}
            damaged={recording?.damaged ?? 0}
            cut={recording?.cut ?? false}
            problem={loaded && player.view.problem}
            onSeek={player.seek}
          />
        )}
      </div>
    </div>
  );
}

function Heading({ id }: { id: string }) {
  const session = useQuery(sessionDetails(id)).data;
  const name = session ? visitorName(session.visitor, session.user) : 'Session';
  return (
    <Group justify="space-between" wrap="nowrap" h={32}>
      <Group gap="sm" wrap="nowrap" miw={0}>
        <Anchor component={Link} to="/" aria-label="To the sessions" c="dimmed" lh={0}>
          <IconArrowLeft size={20} />
        </Anchor>
        <Title order={1} size="h4" lineClamp={1}>
          {name}
        </Title>
        <title>{`${name} · Footage`}</title>
        {session?.live && (
          <Badge color="red" variant="light" flex="none">
            Live
          </Badge>
        )}
      </Group>
      {session && (
        <Text
          size="sm"
          c="dimmed"
          flex="none"
          title={exactMoment(session.started_at_ms)}
          visibleFrom="xs"
        >
          {moment(session.started_at_ms)}
        </Text>
      )}
    </Group>
  );
}

/** Keeps the place in the address bar while nothing moves, so that it can be sent to a colleague. */
function useRemembered(at: number, moving: boolean) {
  const navigate = route.useNavigate();
  const remember = useDebouncedCallback((seconds: number) => {
    void navigate({ search: seconds > 0 ? { at: seconds } : {}, replace: true });
  }, REMEMBER_AFTER_MS);
  useEffect(() => {
    if (!moving) remember(Math.floor(at / SECOND));
  }, [at, moving, remember]);
}
