// Opening and seeking as staff do, with a mark on the clock at both ends.
import type { Page } from 'playwright-core';
import { now, said } from './instruments.ts';

export type Seek = { readonly ms: number; readonly outside: boolean };

/** From the navigation to the first picture of a session. */
export async function opened(page: Page, origin: string, id: string): Promise<number> {
  await page.goto(`${origin}/sessions/${id}`, { waitUntil: 'commit' });
  return said(page, 'landed', 0);
}

/** A click at this share of the timeline: until its picture stands. */
export async function sought(page: Page, share: number): Promise<Seek> {
  const slider = page.getByRole('slider', { name: 'Place in the recording' });
  const bar = await page.locator('.mantine-Slider-trackContainer').boundingBox();
  if (bar === null) throw new Error('no timeline');
  await slider.waitFor();
  const before = await now(page);
  await page.mouse.click(bar.x + bar.width * share, bar.y + bar.height / 2);
  const pressed = await said(page, 'pressed', before);
  const landed = await said(page, 'landed', pressed);
  const moments = await page.evaluate(() => window.moments);
  const outside = moments.some(({ what, at }) => what === 'loaded' && at > pressed);
  return { ms: landed - pressed, outside };
}
