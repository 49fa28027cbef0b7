import { expect, it } from 'vitest';
import { HoverSheets, withHoverClass } from './hover.ts';

it.each([
  ['a:hover { x: y }', 'a:hover, a.\\:hover { x: y }'],
  ['p, a:hover > b{}', 'p, a:hover > b, a.\\:hover > b {}'],
  ['a:is(b, c:hover), d {}', 'a:is(b, c:hover), d, a:is(b, c.\\:hover) {}'],
  ['@media (hover:hover) { a:hover {} }', '@media (hover:hover) { a:hover, a.\\:hover {} }'],
  ['a { color: red; &:hover {} }', 'a { color: red; &:hover, &.\\:hover {} }'],
  ['@charset "x"; a:hover {}', '@charset "x"; a:hover, a.\\:hover {}'],
  ['@media (max-device-width: 9px) {}', '@media (max-width: 9px) {}'],
  ['p { content: ":hover" }', 'p { content: ":hover" }'],
  ['a:hover', 'a:hover'],
])('%j becomes %j', (css, expected) => {
  expect(withHoverClass(css)).toBe(expected);
});

it('a sheet is worked on once, and a megabyte in a moment', () => {
  const css = 'a:hover { color: red }\n.some, .other > b:hover:not(.c, .d) { margin: 0 }\n'.repeat(
    13_000,
  );
  const sheets = new HoverSheets();
  const before = performance.now();
  const result = sheets.get(css);
  expect(performance.now() - before).toBeLessThan(1_000);
  expect(sheets.get(css)).toBe(result);
  expect(withHoverClass(':hover'.repeat(200_000))).toHaveLength(1_200_000);
});
