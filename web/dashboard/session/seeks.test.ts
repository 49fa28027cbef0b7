import { expect, it } from 'vitest';
import { Seeks } from './seeks.ts';

it('one seek at a time, and of those that wait the last', () => {
  const sent: number[] = [];
  const seeks = new Seeks((at) => sent.push(at));
  for (const at of [1, 2, 3]) seeks.want(at);
  expect(sent).toEqual([1]);
  seeks.landed();
  expect(sent).toEqual([1, 3]);
  expect(seeks.busy).toBe(true);
  seeks.landed();
  expect(seeks.busy).toBe(false);
  seeks.want(4);
  expect(sent).toEqual([1, 3, 4]);
});
