import { expect, it } from 'vitest';
import { isOwnPath } from './ownPath.ts';

it('a login leads back to where it was asked for', () => {
  for (const path of ['/', '/sessions/1?at=7', '/?page=%2F%2Fa#b'])
    expect(isOwnPath(path)).toBe(true);
});

it('a login leads to no other site', () => {
  for (const path of [
    '',
    'a',
    'https://a.example',
    '//a.example',
    '/\\a.example',
    '/\t/a.example',
  ]) {
    expect(isOwnPath(path)).toBe(false);
  }
});
