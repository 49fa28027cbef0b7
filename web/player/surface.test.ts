import { expect, it } from 'vitest';
import { surface } from './surface.ts';

it('a large surface says its size', () => {
  expect(decodeURIComponent(surface([320, 200], '320 × 200'))).toMatch(
    /width="320" height="200".*>320 × 200</,
  );
});

it('a small one is a GIF of that size', () => {
  const [, body = ''] = surface([300, 5], '300 × 5').split('base64,');
  const bytes = Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  expect([view.getUint16(6, true), view.getUint16(8, true)]).toEqual([300, 5]);
});

it('a page of a thousand sizes does not get a thousand drawings', () => {
  const drawn = Array.from({ length: 1_000 }, (_, index) => surface([400 + index, 300], 'x'));
  expect(drawn.filter((each) => each.includes('svg')).length).toBeLessThan(100);
});
