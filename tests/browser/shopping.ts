// A visit to the demo shop: looks around, buys, looks at the order.
import type { Locator, Page } from 'playwright-core';
import { pause } from './harness/eventually.ts';

/** How long a visitor takes between two acts, and two keys. */
export type Pace = { readonly between: number; readonly key: number };

const AT_ONCE: Pace = { between: 0, key: 0 };

/** From the shop's first page to the dialog of the order that was placed. */
export async function shopping(page: Page, pace = AT_ONCE): Promise<void> {
  const click = async (what: Locator) => {
    await what.click();
    await pause(pace.between);
  };
  const type = async (field: string, text: string) => {
    await page.locator(field).pressSequentially(text, { delay: pace.key });
    await pause(pace.between);
  };
  const button = (name: string) => page.getByRole('button', { name });

  await click(button('Add to cart').nth(1));
  await click(button('Add to cart').nth(3));
  await click(page.locator('#filters button').nth(2));
  await click(button('Add to cart').first());
  await page.locator('#order').selectOption('cheap');
  await click(page.locator('#filters button').first());
  await click(page.locator('star-rating button').nth(3));
  await type('#words', 'e');
  await click(page.getByRole('link', { name: /^Cart/ }));

  await type('[name=name]', 'Ada Lovelace');
  await type('[name=email]', 'ada@example.org');
  await type('[name=password]', 'analytical engine');
  await type('[name=street]', '12 St James’s Square');
  await type('[name=town]', 'London');
  await page.locator('[name=country]').selectOption('Norway');
  await click(page.locator('[value=express]'));
  await type('[name=card]', '4929381647205518');
  await type('[name=expires]', '12 / 31');
  await type('[name=code]', '737');
  await click(page.locator('#gift'));
  await type('[name=note]', 'Many happy returns');
  await click(page.locator('[name=terms]'));
  await click(button('Place the order'));

  await page.locator('#thanks').waitFor();
  await click(page.locator('#orders button').first());
  await click(page.locator('#details star-rating button').nth(4));
}
