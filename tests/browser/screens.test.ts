// Every screen of the catalogue, dark and light, on a desk and on a phone held upright. With
// `SCREENS=folder` each is photographed, too (`make screens`).
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Album } from './screens/album.ts';
import { CATALOGUE } from './screens/catalogue.ts';
import { Complaints, findings } from './screens/findings.ts';
import { House } from './screens/house.ts';

const SIZES = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
] as const;
const SCHEMES = ['dark', 'light'] as const;

let house: House;
let complaints: Complaints;
const album = Album.of(process.env['SCREENS']);

beforeAll(async () => {
  house = await House.open();
  complaints = new Complaints(house.page);
});
afterAll(async () => {
  album?.close();
  await house?.close();
});

for (const phase of CATALOGUE) {
  describe(phase.name, () => {
    beforeAll(() => phase.prepare(house));

    test.each(phase.screens)('$name hinders nobody, and all of it can be read', async (screen) => {
      const { page } = house;
      for (const size of SIZES) {
        await page.setViewportSize(size);
        await screen.show(house);
        for (const colorScheme of SCHEMES) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor();
          const variant = `${colorScheme}-${size.width}`;
          await album?.add(screen.name, variant, page);
          expect.soft(await findings(page), variant).toEqual([]);
        }
        expect.soft(complaints.take(screen.answers), `${size.width}`).toEqual([]);
      }
      expect(await page.evaluate(() => 'ranHere' in window)).toBe(false);
      expect(house.staff.strange).toEqual([]);
    });
  });
}
