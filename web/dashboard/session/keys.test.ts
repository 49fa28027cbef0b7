// @vitest-environment happy-dom
import { getHotkeyHandler } from '@mantine/hooks';
import { beforeEach, expect, it, vi } from 'vitest';
import { type Actions, playerKeys } from './keys.ts';

const DURATION_MS = 100_000;
let actions: Actions;

beforeEach(() => {
  document.body.innerHTML = '<input type="text"><input type="radio"><button>x</button>';
  actions = {
    duration_ms: DURATION_MS,
    at_ms: () => 7_000,
    seek: vi.fn(),
    toggle: vi.fn(),
    step: vi.fn(),
    page: vi.fn(),
    speed: 8,
    setSpeed: vi.fn(),
    toggleSkip: vi.fn(),
    toggleFullScreen: vi.fn(),
    help: vi.fn(),
  };
});

function press(key: string, on = 'body', shiftKey = false): void {
  const event = new KeyboardEvent('keydown', { key, shiftKey, bubbles: true });
  document
    .querySelector(on)
    ?.addEventListener(
      'keydown',
      (heard) => getHotkeyHandler(playerKeys(actions))(heard as KeyboardEvent),
      { once: true },
    );
  document.querySelector(on)?.dispatchEvent(event);
}

it.each([
  ['ArrowRight', 12_000],
  ['ArrowLeft', 2_000],
  ['l', 17_000],
  ['j', 0],
  ['Home', 0],
  ['End', DURATION_MS],
  ['0', 0],
  ['7', 70_000],
])('%s goes to %d ms', (key, to) => {
  press(key);
  expect(actions.seek).toHaveBeenCalledExactlyOnceWith(to);
});

it('the letters of video players', () => {
  for (const key of [' ', 'k']) press(key);
  expect(actions.toggle).toHaveBeenCalledTimes(2);
  for (const key of [',', '.']) press(key);
  expect(actions.step).toHaveBeenNthCalledWith(1, -1);
  expect(actions.step).toHaveBeenNthCalledWith(2, 1);
  for (const key of ['p', 'n']) press(key);
  expect(actions.page).toHaveBeenNthCalledWith(1, -1);
  expect(actions.page).toHaveBeenNthCalledWith(2, 1);
  for (const key of ['f', 'i', '?']) press(key);
  expect(actions.toggleFullScreen).toHaveBeenCalledOnce();
  expect(actions.toggleSkip).toHaveBeenCalledOnce();
  expect(actions.help).toHaveBeenCalledOnce();
});

it('faster ends at the fastest', () => {
  press('>', 'body', true);
  expect(actions.setSpeed).toHaveBeenCalledExactlyOnceWith(16);
  actions.speed = 16;
  press('>', 'body', true);
  expect(actions.setSpeed).toHaveBeenCalledOnce();
});

it('an element in focus keeps its own keys', () => {
  press(' ', 'button');
  press('7', 'input[type=text]');
  press('ArrowLeft', 'input[type=radio]');
  expect(actions.toggle).not.toHaveBeenCalled();
  expect(actions.seek).not.toHaveBeenCalled();
  press('7', 'input[type=radio]');
  expect(actions.seek).toHaveBeenCalledOnce();
});
