import { expect, it } from 'vitest';
import { Lineup } from './lineup.ts';

function placed(...times: number[]): number[] {
  const lineup = new Lineup();
  return times.map((at) => lineup.place(at));
}

it('times that ascend stay as they are', () => {
  expect(placed(1_000, 1_000, 5_000)).toEqual([1_000, 1_000, 5_000]);
});

it('small steps back are evened out and leave no trace', () => {
  expect(placed(1_000, 995, 1_003)).toEqual([1_000, 1_000, 1_003]);
});

it('a clock set back shifts what follows', () => {
  expect(placed(10_000, 2_000, 2_500, 4_000)).toEqual([10_000, 10_000, 10_500, 12_000]);
});

it('a leap over more than a session can last shifts what follows', () => {
  const hour = 3_600_000;
  expect(placed(0, 3 * hour, 1e15, 1e15 + 5, 1_000, 1_010)).toEqual(
    [0, 0, 0, 5, 5, 15].map((ms, at) => (at === 0 ? 0 : 3 * hour + ms)),
  );
});
