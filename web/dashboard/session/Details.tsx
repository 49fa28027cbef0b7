import { Anchor, Paper, Stack, Text, Title } from '@mantine/core';
import { memo, type ReactNode } from 'react';
import type { SessionDetails, SessionEnd } from '../api.ts';
import { CompletenessMark } from '../CompletenessMark.tsx';
import { bytes, clock, counted, duration, exactMoment, moment, pathOf } from '../format.ts';
import { StreamHoles } from './StreamHoles.tsx';
import classes from './session.module.css';
import type { Segment } from './timeline.ts';

const ENDS: Record<SessionEnd, string> = {
  left: 'the visitor left',
  idle: 'nothing came for 30 minutes',
  limit: 'a limit was reached',
  stopped: 'the recording was stopped',
};

interface DetailsProps {
  session: SessionDetails;
  pages: readonly Segment[];
  /** Stored messages and events that could not be read. */
  damaged: number;
  /** The end of the recording could not be read. */
  cut: boolean;
  /** What the player could not show. */
  problem: string | null;
  onSeek: (at: number) => void;
}

export const Details = memo(function Details({
  session,
  pages,
  damaged,
  cut,
  problem,
  onSeek,
}: DetailsProps) {
  return (
    <Stack gap="md">
      <Paper withBorder p="md">
        <Facts session={session} />
      </Paper>
      {pages.length > 0 && (
        <Paper withBorder p="md">
          <Title order={2} size="h6" mb="xs">
            Pages
          </Title>
          <Stack gap={6}>
            {pages.map((page) => (
              <Anchor
                key={page.from}
                component="button"
                type="button"
                size="sm"
                ta="left"
                title={page.url}
                onClick={() => onSeek(page.from)}
                style={{ overflowWrap: 'anywhere' }}
              >
                <Text span c="dimmed" size="sm" mr="xs">
                  {clock(page.from)}
                </Text>
                {pathOf(page.url)}
              </Anchor>
            ))}
          </Stack>
        </Paper>
      )}
      <Paper withBorder p="md">
        <Title order={2} size="h6" mb="xs">
          Completeness
        </Title>
        <Stack gap="xs">
          <CompletenessMark completeness={session.completeness} />
          {damaged > 0 && (
            <Text size="sm">{counted(damaged, 'damaged piece')} of it could not be read.</Text>
          )}
          {cut && (
            <Text size="sm" c="red">
              The end of the recording could not be read. Load this page again to try once more.
            </Text>
          )}
          {problem !== null && <Text size="sm">Something could not be shown: {problem}</Text>}
          {session.streams.map((stream) => (
            <StreamHoles key={stream.id} stream={stream} />
          ))}
          <Text size="xs" c="dimmed">
            Pictures and fonts of the site are not loaded here, by design: watching a recording asks
            nothing of it.
          </Text>
        </Stack>
      </Paper>
    </Stack>
  );
});

function Facts({ session }: { session: SessionDetails }) {
  const screens = new Set(
    session.streams.map(({ viewport_width, viewport_height }) => {
      return `${viewport_width} × ${viewport_height}`;
    }),
  );
  return (
    <Stack component="dl" gap={6} m={0}>
      <Fact name="Site">{session.site.name}</Fact>
      {session.user !== null && <Fact name="User">{session.user}</Fact>}
      <Fact name="Visitor">{session.visitor}</Fact>
      <Fact name="Started">
        <span title={exactMoment(session.started_at_ms)}>{moment(session.started_at_ms)}</span>
      </Fact>
      <Fact name="Duration">{duration(session.duration_ms)}</Fact>
      {session.ended_as !== null && <Fact name="Ended">{ENDS[session.ended_as]}</Fact>}
      <Fact name="Screen">{[...screens].join(', ')}</Fact>
      <Fact name="Activity">
        {[
          counted(session.events, 'event'),
          counted(session.clicks, 'click'),
          counted(session.inputs, 'input'),
          counted(session.errors, 'error'),
        ].join(', ')}
      </Fact>
      <Fact name="Size">
        {bytes(session.bytes)} stored, {bytes(session.raw_bytes)} recorded
      </Fact>
    </Stack>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={classes['fact']}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
