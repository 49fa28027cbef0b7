// A visit to the shop, as people do it: real keys, real clicks, the mouse wheel.
import type { BrowserContext, Page } from 'playwright-core';
import { look, type Root } from './compare.ts';
import { eventually, pause } from './harness/eventually.ts';
import type { Stage } from './harness/stage.ts';

/** What is typed in a visit, and may or may not be found afterwards. */
export const TYPED = {
  password: 'Zebra-quartz-9417',
  card: '4929381647205518',
  masked: 'Wilhelmina Underhill',
  plain: 'lavender honey kettle',
};

/** Queries of the page's address, of a link and of a form, and a hidden field. */
export const UNSEEN = [
  'page-secret-8852',
  'link-secret-3304',
  'form-secret-7116',
  'hidden-secret-51',
];

/** Long enough that a click into the seek bar can land between the last act and the next page. */
const LOOKING_MS = 400;

export type Visited = {
  /** Each page as it was when the visitor left it. */
  readonly originals: readonly Root[];
  /** What the recorder said in the console of its own failures. */
  readonly complaints: readonly string[];
};

/** Waits until the recorder of a page has said hello. */
export async function recorded(stage: Stage, path: string): Promise<void> {
  await eventually(
    () =>
      stage.tap.messages.some(
        (message) => message.kind === 'hello' && new URL(message.page.url).pathname.endsWith(path),
      ),
    `${path} is recorded`,
    { every: 25 },
  );
}

async function wheel(page: Page, over: string, right: number, down: number): Promise<void> {
  await page.locator(over).first().hover();
  await page.mouse.wheel(right, down);
}

/** Scrolls two at once, as a page does that keeps one in step with the other. */
async function scrollBoth(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let step = 0; step < 5; step += 1) {
      document.querySelector('#box')?.scrollBy(10, 20);
      scrollBy(0, 15);
      await new Promise(requestAnimationFrame);
    }
  });
}

async function leaving(page: Page): Promise<Root> {
  await pause(LOOKING_MS);
  return page.evaluate(look, null);
}

async function shop(page: Page): Promise<void> {
  for (let times = 0; times < 3; times += 1) await page.click('#add');
  await page.locator('#search').pressSequentially(TYPED.plain);
  await page.click('#drop');
  await page.click('#turn');
  await page.click('#paint');
  await page.fill('#name', '');
  await page.locator('#name').pressSequentially(TYPED.masked);
  await page.locator('#password').pressSequentially(TYPED.password);
  await page.click('#show');
  await page.locator('#card').pressSequentially(TYPED.card);
  await page.selectOption('#shipping', 'Fast');
  await page.selectOption('#colours', ['Green', 'Blue']);
  await page.check('#fast');
  await page.check('#faster');
  await page.check('#gift');
  await page.uncheck('#terms');
  await page.locator('#loud').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.locator('#wish').pressSequentially(' and ever ');
  await page.locator('#more').pressSequentially('something of my own');
  await page.locator('#free').pressSequentially(' freely');
  await page.locator('#rate button').nth(3).click();
  await page.locator('#inner').pressSequentially('within');
  await page.locator('#ask').scrollIntoViewIfNeeded();
  await page.click('#ask');
  await page.locator('#why').pressSequentially('because');
  await page.click('#sure');
  await wheel(page, '#box', 60, 300);
  await wheel(page, '#cards', 0, 200);
  await scrollBoth(page);
}

async function account(page: Page): Promise<void> {
  await eventually(
    () => page.evaluate(() => document.styleSheets.length === 2),
    'the late style sheet is there',
  );
  await page.click('#sort');
  await page.locator('#rows tr').nth(1).click();
  await page.click('#returns');
  await page.click('#orders');
  await page.locator('#rows tr').nth(2).click();
  await page.click('#details summary');
  await page.locator('#outer button').click();
  await page.locator('#outer button').click();
  await page.locator('#outer input').check();
  await page.frameLocator('#inner-page').locator('#framed').pressSequentially('in a frame');
  await wheel(page, '#wide', 250, 40);
}

async function news(page: Page): Promise<void> {
  for (let times = 0; times < 4; times += 1) await wheel(page, 'header', 0, 600);
  await page.locator('#list li').nth(24).click();
  await page.locator('#list li').nth(26).click();
  await page.locator('#filter').pressSequentially('2');
  await page.click('#dark');
  await wheel(page, 'header', 0, 130);
}

/** The whole visit: three documents, addresses changed within two of them, a modal, forms. */
export async function visit(
  stage: Stage,
  context: BrowserContext,
  visitor: string,
): Promise<Visited> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.text().startsWith('footage:')) complaints.push(message.text());
  });
  await page.goto(`${stage.site.origin}/index.html?visitor=${visitor}&coupon=${UNSEEN[0]}`);
  await recorded(stage, '/index.html');
  await shop(page);
  const originals = [await leaving(page)];
  await page.click('#to-account');
  await recorded(stage, '/account.html');
  await account(page);
  originals.push(await leaving(page));
  await page.click('#to-news');
  await recorded(stage, '/news.html');
  await news(page);
  originals.push(await leaving(page));
  await page.close({ runBeforeUnload: false });
  return { originals, complaints };
}
