// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import { isSelector } from './selector.ts';

it('a selector is what a browser takes', () => {
  expect(isSelector('.a > [data-b="c"]')).toBe(true);
  expect(isSelector('a[')).toBe(false);
});
