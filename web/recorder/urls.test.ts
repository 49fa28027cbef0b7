import { expect, it } from 'vitest';
import { stripUrl } from './urls.ts';

it.each([
  ['https://a.example/p?token=1&x=2', 'https://a.example/p'],
  ['https://a.example/p?x=1#top', 'https://a.example/p#top'],
  ['https://a.example/#/orders?id=7', 'https://a.example/#/orders'],
  ['https://a.example/#access_token=s&type=b', 'https://a.example/#access_token'],
  ['https://user:pass@a.example/p', 'https://a.example/p'],
  ['//user@a.example/p', '//a.example/p'],
  ['https://a.example/@name/p', 'https://a.example/@name/p'],
  ['https://me@mail.example:pass@a.example/p', 'https://a.example/p'],
  ['/a;jsessionid=7/b;v=1?x=1', '/a/b'],
  ['/relative?x=1', '/relative'],
  ['?x=1', ''],
  ['mailto:a@b.example?body=secret', 'mailto:a@b.example'],
  ['a\n?b\nc#d', 'a\n#d'],
  ['', ''],
])('[R7] strips %s', (url, stripped) => {
  expect(stripUrl(url)).toBe(stripped);
});
