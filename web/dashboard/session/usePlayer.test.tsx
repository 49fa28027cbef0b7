// @vitest-environment happy-dom
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { beforeEach, expect, it, vi } from 'vitest';
import type { FromPlayer, ToPlayer } from '../../player/messages.ts';
import { ApiError, openPlayer } from '../api.ts';
import { mapOf, seconds, sessionOf } from './made.ts';
import { type Timeline, timelineOf } from './timeline.ts';
import { type Player, usePlayer } from './usePlayer.ts';

vi.mock(import('../api.ts'), async (original) => ({
  ...(await original()),
  openPlayer: vi.fn(),
  fetchEvents: vi.fn(() => new Promise<never>(() => undefined)),
}));
vi.mock(import('./link.ts'), () => ({ PlayerLink: vi.fn() }) as never);
vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);

let player: Player;
let hear: (message: FromPlayer) => void;
const sent: ToPlayer[] = [];

beforeEach(async () => {
  const { PlayerLink } = await import('./link.ts');
  vi.mocked(PlayerLink).mockImplementation(function (this: unknown, listener) {
    hear = listener;
    return { attach() {}, send: (message: ToPlayer) => sent.push(message), close() {} } as never;
  });
  sent.length = 0;
});

function Watch({ timeline }: { timeline?: Timeline }) {
  player = usePlayer('id', timeline, false, { speed: 1, skipInactive: true, at_ms: 0 });
  return null;
}

it('a player that could not be opened is asked for again, and only then', async () => {
  const away = new ApiError(0, {});
  vi.mocked(openPlayer).mockRejectedValueOnce(away).mockResolvedValue('/player/once');
  await act(async () => createRoot(document.createElement('div')).render(<Watch />));
  expect(player.view).toMatchObject({ url: null, error: away });
  await act(async () => player.retry());
  expect(player.view).toMatchObject({ url: '/player/once', error: null });
  await act(async () => player.retry());
  expect(openPlayer).toHaveBeenCalledTimes(2);
});

it('a place asked for while another is being shown is not lost when that one lands', async () => {
  vi.mocked(openPlayer).mockResolvedValue('/player/once');
  const timeline = timelineOf(mapOf(seconds(60)), sessionOf());
  const root = createRoot(document.createElement('div'));
  await act(async () => root.render(<Watch timeline={timeline} />));
  act(() => player.seek(30_000));
  act(() => player.seek(35_000));
  act(() => hear({ type: 'landed', at_ms: 30_000 }));
  expect(player.view.at_ms).toBe(35_000);
  await vi.waitFor(() => expect(sent.at(-1)).toEqual({ type: 'open', at_ms: 35_000 }));
  act(() => hear({ type: 'landed', at_ms: 35_000 }));
  expect(player.view).toMatchObject({ at_ms: 35_000, seeking: null });
});
