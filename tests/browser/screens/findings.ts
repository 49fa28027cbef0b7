// What is wrong with a screen as it stands: for people who cannot see it, and for those who can.
import axe, { type AxeResults } from 'axe-core';
import type { ConsoleMessage, Page } from 'playwright-core';

/** The status of an answer that is none, or a body that breaks. */
export type Answer = number | 'broken';

const GRAVE = new Set(['serious', 'critical']);
/** What Chromium says of each answer that is none. */
const ANSWERED = /the server responded with a status of (\d+)/;
/** What Chromium's network says of a body that breaks off or does not inflate. */
const BROKEN = /net::ERR_(CONTENT_DECODING_FAILED|INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE)/;

/** Every finding of axe-core that hinders somebody, in words. */
async function hindrances(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  // The player's frame is a stranger's page.
  const results = await page.evaluate<AxeResults>(
    `axe.run(document, { iframes: false, resultTypes: ['violations'] })`,
  );
  return results.violations
    .filter(({ impact }) => GRAVE.has(impact ?? ''))
    .flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.html.slice(0, 200)} (${node.failureSummary ?? ''})`),
    );
}

/** Runs in the page: what lies outside of it, and texts that are cut off without a sign. */
function cuts(): string[] {
  const found: string[] = [];
  const width = document.documentElement.clientWidth;
  const { scrollWidth } = document.documentElement;
  if (scrollWidth > width) found.push(`the page is ${scrollWidth} px wide in ${width} px`);

  const hides = (overflow: string) => overflow === 'hidden' || overflow === 'clip';
  /** What happens in one direction to a text that is longer than the box around it. */
  const along = (overflow: string, over: boolean, signed: boolean) => {
    if (!over || overflow === 'visible') return null;
    if (!hides(overflow)) return 'scrolls';
    return signed ? 'signed' : 'cut';
  };
  const fate = (box: Element, text: DOMRect, inline: boolean) => {
    const { overflowX, overflowY, textOverflow, webkitLineClamp } = getComputedStyle(box);
    const { left, right, top, bottom } = box.getBoundingClientRect();
    // Only for those who listen.
    if (right - left <= 1 || bottom - top <= 1) return 'signed';
    // An ellipsis is drawn for the lines of a box, and not for boxes within it.
    const signed = inline && (textOverflow === 'ellipsis' || webkitLineClamp !== 'none');
    return (
      along(overflowX, text.left < left - 2 || text.right > right + 2, signed) ??
      along(overflowY, text.top < top - 2 || text.bottom > bottom + 2, signed)
    );
  };
  const isCut = (node: Text): boolean => {
    const range = document.createRange();
    range.selectNodeContents(node);
    const text = range.getBoundingClientRect();
    if (text.width === 0 || text.height === 0) return false;
    let inline = true;
    for (let box = node.parentElement; box !== null; box = box.parentElement) {
      const what = fate(box, text, inline);
      if (what !== null) return what === 'cut';
      const { position, display } = getComputedStyle(box);
      if (position === 'fixed') break;
      inline &&= display === 'inline';
    }
    return text.right > width + 2 || text.left < -2;
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
    const text = node as Text;
    const shown = text.parentElement?.checkVisibility({ visibilityProperty: true }) === true;
    if (shown && text.data.trim() !== '' && isCut(text)) {
      found.push(`cut off: ${text.data.slice(0, 80)}`);
    }
  }
  return found;
}

/** Runs in the page: once colours and places that are on their way have arrived. */
async function settled(): Promise<void> {
  await new Promise(requestAnimationFrame);
  const ending = document
    .getAnimations()
    .filter(({ effect }) => Number.isFinite(effect?.getComputedTiming().endTime));
  await Promise.allSettled(ending.map(({ finished }) => finished));
}

/** What hinders, overflows or is cut off on this page, as it comes to rest. */
export async function findings(page: Page): Promise<string[]> {
  await page.evaluate(settled);
  return [...(await hindrances(page)), ...(await page.evaluate(cuts))];
}

/** Listens to what a page complains of: errors, refused requests, rejections nobody handled. */
export class Complaints {
  private readonly heard: string[] = [];

  constructor(page: Page) {
    page.on('console', (message) => this.hear(message));
    page.on('pageerror', (error) => this.heard.push(`thrown: ${error.stack ?? error.message}`));
    page.on('dialog', (dialog) => {
      // Leaving what is not saved asks first, as it should.
      if (dialog.type() === 'beforeunload') return void dialog.accept();
      this.heard.push(`a dialog: ${dialog.message()}`);
      return void dialog.dismiss();
    });
  }

  /** What came since it was last asked, but for answers that are expected. */
  take(expected: readonly Answer[] = []): string[] {
    return this.heard.splice(0).filter((text) => {
      const answer = BROKEN.test(text) ? 'broken' : Number(ANSWERED.exec(text)?.[1]);
      return !expected.includes(answer);
    });
  }

  private hear(message: ConsoleMessage): void {
    const { url } = message.location();
    if (message.type() === 'error') this.heard.push(`${message.text()} (${url})`);
  }
}
