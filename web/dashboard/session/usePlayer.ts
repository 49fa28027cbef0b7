import { useThrottledCallback } from '@mantine/hooks';
import { useCallback, useEffect, useMemo, useReducer, useRef } from 'react';
import type { FromPlayer, ToPlayer } from '../../player/messages.ts';
import { fetchEvents, openPlayer } from '../api.ts';
import { Feed, type Loaded } from './feed.ts';
import { PlayerLink } from './link.ts';
import type { Source } from './run.ts';
import type { Timeline } from './timeline.ts';
import { changed, EMPTY, isPlaying, type View } from './view.ts';

export interface Settings {
  speed: number;
  skipInactive: boolean;
  at_ms: number;
  /** How much of the recording may be held; without it, as much as suits a tab. */
  budget_bytes?: number;
}

export interface Player {
  view: View;
  attach: (frame: HTMLIFrameElement | null) => void;
  send: (message: ToPlayer) => void;
  toggle: () => void;
  seek: (at_ms: number) => void;
  retry: () => void;
}

/** A drag asks for more places than can be shown, and chunks come faster than anyone reads. */
const SEEK_EVERY_MS = 80;
const TELL_EVERY_MS = 100;

/**
 * Opens a player for a session, feeds it the recording as soon as its timeline is known, and tells
 * how it stands. A `timeline` that does not continue the one before calls `onOutgrown`.
 */
export function usePlayer(
  id: string,
  timeline: Timeline | undefined,
  live: boolean,
  initial: Settings,
  onOutgrown?: (at_ms: number) => void,
): Player {
  const [view, change] = useReducer(changed, EMPTY);
  const link = useRef<PlayerLink | null>(null);
  const feed = useRef<Feed | null>(null);
  const ask = useRef<() => void>(undefined);
  /** A place was asked for that the feed has not heard of yet. */
  const wished = useRef(false);
  const settings = useRef(initial);
  const now = useRef({ view, onOutgrown });
  now.current = { view, onOutgrown };

  useEffect(() => {
    const stop = new AbortController();
    const fail = (error: unknown) => {
      if (!stop.signal.aborted) change({ type: 'failed', error });
    };
    link.current = new PlayerLink((message) => {
      if (isNews(message, feed.current, wished.current)) change(message);
    });
    ask.current = () =>
      void openPlayer(id, stop.signal).then((url) => change({ type: 'opened', url }), fail);
    ask.current();
    return () => {
      stop.abort();
      feed.current?.close();
      link.current?.close();
      feed.current = null;
    };
  }, [id]);

  const tell = useThrottledCallback(
    (loaded: Loaded) => change({ type: 'held', loaded }),
    TELL_EVERY_MS,
  );
  useEffect(() => {
    const line = link.current;
    if (timeline === undefined || line === null) return;
    if (feed.current !== null) {
      const { view, onOutgrown } = now.current;
      if (!feed.current.grow(timeline, live)) onOutgrown?.(view.at_ms);
      return;
    }
    const { speed, skipInactive, at_ms, budget_bytes } = settings.current;
    const opened = new Feed(
      timeline,
      live,
      sourceOf(id),
      {
        send: (message) => line.send(message),
        loaded: tell,
        hole: (hole) => change({ type: 'hole', hole }),
        retrying: (attempt) => change({ type: 'retrying', attempt }),
        failed: (error) => change({ type: 'failed', error }),
      },
      budget_bytes,
    );
    feed.current = opened;
    line.send({ type: 'init', start_ms: timeline.start_ms, speed, skip_inactive: skipInactive });
    const begin = Math.min(at_ms, timeline.duration_ms);
    change({ type: 'sought', at_ms: begin });
    opened.want(begin);
  }, [id, timeline, live, tell]);

  const attach = useCallback((frame: HTMLIFrameElement | null) => {
    if (frame) link.current?.attach(frame);
  }, []);
  const want = useThrottledCallback((at_ms: number) => {
    wished.current = false;
    feed.current?.want(at_ms);
  }, SEEK_EVERY_MS);
  const commands = useMemo(() => {
    const send = (message: ToPlayer) => link.current?.send(message);
    const seek = (at_ms: number) => {
      change({ type: 'sought', at_ms });
      wished.current = true;
      want(at_ms);
    };
    const toggle = () => {
      const { view } = now.current;
      if (view.state === 'finished') feed.current?.want(0);
      send({ type: isPlaying(view) ? 'pause' : 'play' });
    };
    const retry = () => {
      change({ type: 'failed', error: null });
      if (now.current.view.url === null) ask.current?.();
      feed.current?.retry();
    };
    return { send, seek, toggle, retry };
  }, [want]);
  return { view, attach, ...commands };
}

/** What the player says goes to the feed first; times of a place left behind are no news. */
function isNews(message: FromPlayer, feed: Feed | null, wished: boolean): boolean {
  if (feed === null) return true;
  if (message.type === 'landed') feed.landed();
  if (message.type !== 'time' && message.type !== 'landed') return true;
  if (wished || feed.busy) return false;
  feed.playhead(message.at_ms);
  return true;
}

function sourceOf(id: string): Source {
  return {
    fetch: (from, to, signal) => fetchEvents(id, { from, to }, signal),
    wait: (ms, signal) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(resolve, ms);
        signal.addEventListener('abort', () => {
          clearTimeout(timer);
          reject(signal.reason);
        });
      }),
  };
}
