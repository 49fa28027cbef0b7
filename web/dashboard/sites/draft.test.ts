// @vitest-environment happy-dom
import { expect, it } from 'vitest';
import type { Site } from '../api.ts';
import { changeOf, draftOf, entries, fieldOf, originOf, problemsOf } from './draft.ts';

const SITE: Site = {
  id: 1,
  name: 'Shop',
  key: 'k',
  demo: false,
  allowed_origins: ['https://shop.example'],
  keep_query: false,
  mask_selectors: ['.secret', '#card'],
  block_selectors: [],
  snippet: '',
  last_session: null,
};
const DRAFT = draftOf(SITE);

it('an untouched draft changes nothing', () => {
  expect(changeOf(SITE, DRAFT)).toBeNull();
  expect(changeOf(SITE, { ...DRAFT, mask_selectors: ' .secret\n\n#card \n' })).toBeNull();
});

it('only what differs is sent', () => {
  expect(changeOf(SITE, { ...DRAFT, name: ' Store ' })).toEqual({ name: 'Store' });
  expect(changeOf(SITE, { ...DRAFT, mask_selectors: '' })).toEqual({ mask_selectors: [] });
  expect(changeOf(SITE, { ...DRAFT, keep_query: true, block_selectors: 'video' })).toEqual({
    keep_query: true,
    block_selectors: ['video'],
  });
});

it('lists are lines', () => {
  expect(entries('a, b\r\n\n c ')).toEqual(['a, b', 'c']);
});

it('origins become what browsers send', () => {
  expect(originOf('*')).toBe('*');
  expect(originOf('https://Shop.Example/')).toBe('https://shop.example');
  expect(originOf('https://shop.example:443')).toBe('https://shop.example');
  expect(originOf('http://localhost:3000')).toBe('http://localhost:3000');
  expect(originOf('https://bücher.example')).toBe('https://xn--bcher-kva.example');
  for (const entry of ['shop.example', 'https://shop.example/a', 'ftp://a', 'https://u@a.b', '']) {
    expect(originOf(entry)).toBeNull();
  }
});

it('says at the field what is wrong', () => {
  expect(problemsOf(DRAFT)).toEqual({});
  const wrong = { ...DRAFT, name: ' ', allowed_origins: '', mask_selectors: '.a\nb[' };
  expect(Object.keys(problemsOf(wrong))).toEqual(['name', 'allowed_origins', 'mask_selectors']);
  expect(problemsOf(wrong).mask_selectors).toBe('Not a selector: b[');
  expect(problemsOf({ ...DRAFT, allowed_origins: 'shop.example' }).allowed_origins).toBe(
    'Not an origin: shop.example',
  );
});

it('finds the field that the server names', () => {
  expect(fieldOf('mask_selectors: entry 3 is empty: ""')).toBe('mask_selectors');
  expect(fieldOf('mask_selectors and block_selectors have 40000 bytes')).toBe('mask_selectors');
  expect(fieldOf('name has 0 characters')).toBe('name');
  expect(fieldOf('names are hard')).toBeNull();
});
