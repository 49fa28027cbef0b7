// @vitest-environment happy-dom
import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { expect, it, vi } from 'vitest';
import { ApiError, openPlayer } from '../api.ts';
import { type Player, usePlayer } from './usePlayer.ts';

vi.mock(import('../api.ts'), async (original) => ({ ...(await original()), openPlayer: vi.fn() }));
vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);

let player: Player;

function Watch() {
  player = usePlayer('id', undefined, false, { speed: 1, skipInactive: true, at_ms: 0 });
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
