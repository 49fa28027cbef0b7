import { expect, it } from 'vitest';
import { fitInside } from './fit.ts';

it('a wide picture fills the width and stands in the middle of the height', () => {
  expect(fitInside({ width: 2000, height: 500 }, { width: 1000, height: 750 })).toEqual({
    scale: 0.5,
    left: 0,
    top: 250,
  });
});

it('a small picture is not enlarged', () => {
  expect(fitInside({ width: 400, height: 300 }, { width: 1000, height: 700 })).toEqual({
    scale: 1,
    left: 300,
    top: 200,
  });
});
