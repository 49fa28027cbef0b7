import { useCallback, useEffect, useMemo, useReducer, useRef } from 'react';
import { openPlayer } from '../api.ts';
import { PlayerLink } from './link.ts';
import { readRecording } from './recording.ts';
import { Seeks } from './seeks.ts';
import { changed, EMPTY, type View } from './view.ts';

export interface Settings {
  speed: number;
  skipInactive: boolean;
  at: number;
}

export interface Player {
  view: View;
  attach: (frame: HTMLIFrameElement | null) => void;
  toggle: () => void;
  seek: (at: number) => void;
  setSpeed: (speed: number) => void;
  setSkipInactive: (on: boolean) => void;
}

/** Opens a player for a session, feeds it the recording, and tells how it stands. */
export function usePlayer(id: string, initial: Settings): Player {
  const [view, change] = useReducer(changed, EMPTY);
  const link = useRef<PlayerLink | null>(null);
  const seeks = useRef<Seeks | null>(null);
  const settings = useRef(initial);

  useEffect(() => {
    const stop = new AbortController();
    const line = new PlayerLink((message) => {
      if (message.type === 'landed') moves.landed();
      const stale = message.type === 'time' || message.type === 'landed';
      if (!(stale && moves.busy)) change(message);
    });
    const moves = new Seeks((at_ms) => line.send({ type: 'seek', at_ms }));
    link.current = line;
    seeks.current = moves;
    const { speed, skipInactive, at } = settings.current;
    line.send({ type: 'init', speed, skip_inactive: skipInactive, at_ms: at });
    const fail = (error: unknown) => {
      if (!stop.signal.aborted) change({ type: 'failed', error });
    };
    openPlayer(id, stop.signal).then((url) => change({ type: 'opened', url }), fail);
    const listener = {
      events: (events: readonly unknown[]) => line.send({ type: 'events', events, last: false }),
      progress: (bytes: number) => change({ type: 'arrived', bytes }),
    };
    readRecording(id, listener, stop.signal).then((recording) => {
      line.send({ type: 'events', events: [], last: true });
      change({ type: 'read', recording });
    }, fail);
    return () => {
      stop.abort();
      line.close();
    };
  }, [id]);

  const attach = useCallback((frame: HTMLIFrameElement | null) => {
    if (frame) link.current?.attach(frame);
  }, []);

  const { state } = view;
  const commands = useMemo(
    () => ({
      toggle: () => {
        const play = state !== 'playing';
        link.current?.send(play ? { type: 'play', at_ms: null } : { type: 'pause' });
      },
      seek: (at: number) => {
        change({ type: 'sought', at_ms: at });
        seeks.current?.want(at);
      },
      setSpeed: (speed: number) => link.current?.send({ type: 'speed', speed }),
      setSkipInactive: (on: boolean) => link.current?.send({ type: 'skip_inactive', on }),
    }),
    [state],
  );
  return { view, attach, ...commands };
}
