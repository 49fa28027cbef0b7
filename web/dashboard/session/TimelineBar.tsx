import { Slider } from '@mantine/core';
import { getHotkeyHandler, type HotkeyItem } from '@mantine/hooks';
import { type KeyboardEvent, memo, type PointerEvent, useMemo, useState } from 'react';
import { clock, pathOf } from '../format.ts';
import { readable } from '../readable.ts';
import type { Loaded } from './feed.ts';
import classes from './timeline.module.css';
import { type Hole, type Segment, segmentAt, type Timeline } from './timeline.ts';

interface TimelineBarProps {
  timeline: Timeline;
  at_ms: number;
  loaded: Loaded | null;
  /** Found missing on reading; the timeline knows the others. */
  holes: readonly Hole[];
  onSeek: (at_ms: number) => void;
  keys: HotkeyItem[];
}

/** How near to a hole counts as on it, as a share of the width. */
const NEAR = 0.005;
const NAME_MAX = 60;

/** The recording at a glance, and where in it the player stands. */
export function TimelineBar({ timeline, at_ms, loaded, holes, onSeek, keys }: TimelineBarProps) {
  const [hovered, setHovered] = useState<number | null>(null);
  const { pages, activity } = timeline;
  const duration_ms = Math.max(1, timeline.duration_ms);
  const missing = useMemo(() => [...timeline.holes, ...holes], [timeline.holes, holes]);
  const current = segmentAt(pages, at_ms);
  // The slider's own keys would go in steps of a millisecond.
  function press(event: KeyboardEvent<HTMLElement>) {
    event.stopPropagation();
    getHotkeyHandler(keys)(event);
  }
  function hover({ clientX, currentTarget }: PointerEvent<HTMLElement>) {
    const { left, width } = currentTarget.getBoundingClientRect();
    setHovered(Math.min(1, Math.max(0, (clientX - left) / width)));
  }
  return (
    <div
      className={classes['timeline']}
      onKeyDownCapture={press}
      onPointerMove={hover}
      onPointerLeave={() => setHovered(null)}
    >
      <Activity activity={activity} played={at_ms / duration_ms} />
      <Buffer loaded={loaded} duration_ms={duration_ms} />
      <Pages pages={pages} current={current} duration_ms={duration_ms} />
      <Holes holes={missing} duration_ms={duration_ms} />
      <Slider
        classNames={{
          root: classes['slider'] ?? '',
          trackContainer: classes['sliderTrack'] ?? '',
          track: classes['sliderTrack'] ?? '',
          bar: classes['sliderBar'] ?? '',
          thumb: classes['playhead'] ?? '',
        }}
        size={0}
        min={0}
        max={duration_ms}
        step={1}
        value={Math.round(at_ms)}
        onChange={onSeek}
        label={null}
        thumbLabel="Place in the recording"
        thumbValueText={placeWords(timeline, at_ms)}
      />
      {hovered !== null && (
        <div
          className={classes['hovered']}
          style={{ left: `${hovered * 100}%`, translate: `${-hovered * 100}%` }}
        >
          <HoverWords at_ms={hovered * duration_ms} timeline={timeline} holes={missing} />
        </div>
      )}
    </div>
  );
}

function placeWords({ pages, duration_ms }: Timeline, at_ms: number): string {
  const page = pages[segmentAt(pages, at_ms)];
  const on = page === undefined ? '' : `, ${nameOf(page)}`;
  return `${clock(at_ms)} of ${clock(duration_ms)}${on}`;
}

function nameOf({ title, url }: Segment): string {
  return readable(title === '' ? pathOf(url) : title, NAME_MAX);
}

interface HoverWordsProps {
  at_ms: number;
  timeline: Timeline;
  holes: readonly Hole[];
}

function HoverWords({ at_ms, timeline: { pages, duration_ms }, holes }: HoverWordsProps) {
  const page = pages[segmentAt(pages, at_ms)];
  const near = duration_ms * NEAR;
  const hole = holes.find(({ from_ms, to_ms }) => from_ms - near <= at_ms && at_ms <= to_ms + near);
  return (
    <>
      <strong>{clock(at_ms)}</strong> {page && <bdi>{nameOf(page)}</bdi>}
      {hole && <div>{hole.text}</div>}
    </>
  );
}

/** Events as height: the more of them, the more happened. */
const Activity = memo(function Activity({
  activity,
  played,
}: {
  activity: readonly number[];
  played: number;
}) {
  const path = useMemo(() => skyline(activity), [activity]);
  const picture = (
    <svg viewBox={`0 0 ${activity.length} 1`} preserveAspectRatio="none" aria-hidden="true">
      <path d={path} />
    </svg>
  );
  return (
    <div className={classes['activity']}>
      {picture}
      <div
        className={classes['played']}
        style={{ clipPath: `inset(0 ${(1 - played) * 100}% 0 0)` }}
      >
        {picture}
      </div>
    </div>
  );
});

/** A few events are still to be seen beside many. */
const HEIGHT_MIN = 0.08;

function skyline(activity: readonly number[]): string {
  const most = Math.max(1, ...activity);
  const steps = activity.map((events, at) => {
    const height = events === 0 ? 0 : Math.max(HEIGHT_MIN, Math.sqrt(events / most));
    return `V${(1 - height).toFixed(3)}H${at + 1}`;
  });
  return `M0 1${steps.join('')}V1Z`;
}

function Buffer({ loaded, duration_ms }: { loaded: Loaded | null; duration_ms: number }) {
  return (
    <div className={classes['buffer']}>
      {loaded && <div style={stretch(loaded.from_ms, loaded.to_ms, duration_ms)} />}
    </div>
  );
}

interface PagesProps {
  pages: readonly Segment[];
  current: number;
  duration_ms: number;
}

/** More would be narrower than a pixel, and slow to draw. */
const PAGES_MAX = 400;

const Pages = memo(function Pages({ pages, current, duration_ms }: PagesProps) {
  if (pages.length > PAGES_MAX) return <div className={classes['pages']} data-many />;
  return (
    <div className={classes['pages']} aria-hidden="true">
      {pages.map((page, index) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: two pages may come up in the same moment, at the same address.
          key={index}
          className={classes['page']}
          data-current={index === current || undefined}
          style={stretch(page.from_ms, page.to_ms, duration_ms)}
        >
          <bdi>{readable(pathOf(page.url), NAME_MAX)}</bdi>
        </div>
      ))}
    </div>
  );
});

const Holes = memo(function Holes({
  holes,
  duration_ms,
}: {
  holes: readonly Hole[];
  duration_ms: number;
}) {
  return holes.map((hole) => (
    <div
      key={`${hole.from_ms} ${hole.text}`}
      className={classes['hole']}
      style={stretch(hole.from_ms, hole.to_ms, duration_ms)}
    />
  ));
});

function stretch(from_ms: number, to_ms: number, duration_ms: number) {
  return {
    left: `${(from_ms / duration_ms) * 100}%`,
    width: `${((to_ms - from_ms) / duration_ms) * 100}%`,
  };
}
