import { Anchor, Stack, Text, Title } from '@mantine/core';
import { memo, type ReactNode } from 'react';
import type { SessionDetails, SessionEnd } from '../api.ts';
import { CompletenessMark } from '../CompletenessMark.tsx';
import { bytes, clock, counted, duration } from '../format.ts';
import { Moment } from '../Moment.tsx';
import { Stranger } from '../Stranger.tsx';
import { StreamHoles } from './StreamHoles.tsx';
import classes from './session.module.css';
import type { Hole } from './timeline.ts';
import type { View } from './view.ts';

const ENDS: Record<SessionEnd, string> = {
  left: 'The visitor left',
  idle: 'Nothing came for 30 minutes',
  limit: 'A limit was reached',
  stopped: 'The recording was stopped',
};

interface DetailsProps {
  session: SessionDetails;
  /** Found missing on reading. */
  holes: readonly Hole[];
  problems: View['problems'];
  absent: View['absent'];
  onSeek: (at_ms: number) => void;
}

export const Details = memo(function Details(props: DetailsProps) {
  const { session, holes, problems, absent, onSeek } = props;
  return (
    <Stack gap="lg" p="md">
      <Facts session={session} />
      <Part title="Completeness">
        <CompletenessMark completeness={session.completeness} />
        {session.streams.map((stream) => (
          <StreamHoles key={stream.id} stream={stream} />
        ))}
      </Part>
      {holes.length > 0 && (
        <Part title="Cannot be read">
          {holes.map(({ from_ms, text }) => (
            <Told key={`${from_ms} ${text}`} at_ms={from_ms} onSeek={onSeek}>
              {text}
            </Told>
          ))}
        </Part>
      )}
      {problems.length > 0 && (
        <Part title="Cannot be shown">
          {problems.map(({ at_ms, text }) => (
            <Told key={`${at_ms} ${text}`} at_ms={at_ms} onSeek={onSeek}>
              {text}
            </Told>
          ))}
        </Part>
      )}
      <Part title="Not stored">
        <Text size="sm">{absentWords(absent)}</Text>
        <Text size="xs" c="dimmed">
          Watching a recording asks nothing of the recorded site: what was not stored shows as an
          empty place of its size.
        </Text>
      </Part>
    </Stack>
  );
});

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <Title order={2} size="h6" mb={6}>
        {title}
      </Title>
      <Stack gap={6}>{children}</Stack>
    </section>
  );
}

interface ToldProps {
  at_ms: number | null;
  onSeek: (at_ms: number) => void;
  children: ReactNode;
}

function Told({ at_ms, onSeek, children }: ToldProps) {
  return (
    <Text size="sm">
      {at_ms !== null && (
        <Anchor component="button" type="button" size="sm" mr="xs" onClick={() => onSeek(at_ms)}>
          {clock(at_ms)}
        </Anchor>
      )}
      {children}
    </Text>
  );
}

function absentWords(absent: View['absent']): string {
  if (absent === null) return 'Nothing that this page shows is missing.';
  const { images, frames, media, styles, fonts } = absent;
  const counts: [number, string][] = [
    [images, 'image'],
    [frames, 'frame'],
    [media, 'media file'],
    [styles, 'style sheet'],
    [fonts, 'font'],
  ];
  const words = counts.filter(([count]) => count > 0).map(([count, word]) => counted(count, word));
  if (words.length === 0) return 'Nothing that this page shows is missing.';
  return `Of the page shown: ${words.join(', ')}.`;
}

function Facts({ session }: { session: SessionDetails }) {
  const screens = new Set(
    session.streams.map(({ viewport_width, viewport_height }) => {
      return `${viewport_width} × ${viewport_height}`;
    }),
  );
  return (
    <Stack component="dl" gap={6} m={0}>
      {session.user !== null && (
        <Fact name="User">
          <Stranger text={session.user} />
        </Fact>
      )}
      <Fact name="Visitor">{session.visitor}</Fact>
      <Fact name="Site">{session.site.name}</Fact>
      <Fact name="Started">
        <Moment ms={session.started_at_ms} />
      </Fact>
      <Fact name="Duration">{duration(session.duration_ms)}</Fact>
      <Fact name="Ended">{endWords(session)}</Fact>
      <Fact name="Viewport">{[...screens].slice(0, SCREENS_MAX).join(', ')}</Fact>
      <Fact name="Activity">
        {[
          counted(session.events, 'event'),
          counted(session.clicks, 'click'),
          counted(session.inputs, 'input'),
          counted(session.errors, 'error'),
        ].join(', ')}
      </Fact>
      <Fact name="Size">{sizeWords(session)}</Fact>
    </Stack>
  );
}

const SCREENS_MAX = 8;

function endWords({ live, ended_as }: SessionDetails): string {
  if (live) return 'Still going on';
  return ended_as === null ? 'Not yet: the visitor may come back' : ENDS[ended_as];
}

/** `41 kB stored, 312 kB recorded (7.6 to 1)`. */
function sizeWords({ bytes: stored, raw_bytes: raw }: SessionDetails): string {
  const ratio = stored === 0 ? '' : ` (${(raw / stored).toFixed(1)} to 1)`;
  return `${bytes(stored)} stored, ${bytes(raw)} recorded${ratio}`;
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={classes['fact']}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
