// A visit to the demo shop: looks around, buys, looks at the order.
import type { Page } from 'playwright-core';

/** From the shop's first page to the dialog of the order that was placed. */
export async function shopping(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add to cart' }).nth(1).click();
  await page.getByRole('button', { name: 'Add to cart' }).nth(3).click();
  await page.locator('#filters button').nth(2).click();
  await page.getByRole('button', { name: 'Add to cart' }).first().click();
  await page.locator('#order').selectOption('cheap');
  await page.locator('#filters button').first().click();
  await page.locator('star-rating button').nth(3).click();
  await page.locator('#words').pressSequentially('e');
  await page.getByRole('link', { name: /^Cart/ }).click();
  await page.locator('[name=name]').pressSequentially('Ada Lovelace');
  await page.locator('[name=email]').pressSequentially('ada@example.org');
  await page.locator('[name=password]').pressSequentially('analytical engine');
  await page.locator('[name=street]').pressSequentially('12 St James’s Square');
  await page.locator('[name=town]').pressSequentially('London');
  await page.locator('[name=country]').selectOption('Norway');
  await page.locator('[value=express]').check();
  await page.locator('[name=card]').pressSequentially('4929381647205518');
  await page.locator('[name=expires]').pressSequentially('12 / 31');
  await page.locator('[name=code]').pressSequentially('737');
  await page.locator('#gift').check();
  await page.locator('[name=note]').pressSequentially('Many happy returns');
  await page.locator('[name=terms]').check();
  await page.getByRole('button', { name: 'Place the order' }).click();
  await page.locator('#thanks').waitFor();
  await page.locator('#orders button').first().click();
  await page.locator('#details star-rating button').nth(4).click();
}
