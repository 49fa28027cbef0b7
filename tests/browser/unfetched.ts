// A page without what the player keeps from being fetched: the same for the original and its replay.
import type { Element } from './compare.ts';

const SHOWN_FROM_ELSEWHERE = ['img', 'source', 'video', 'audio'];
const ADDRESSES = ['src', 'srcset', 'sizes', 'loading', 'poster'];
/** How the player marks the surfaces that stand in their places. */
const MARK = 'data-footage-absent';

export function unfetched(element: Element): Element {
  const names = SHOWN_FROM_ELSEWHERE.includes(element.tag) ? [...ADDRESSES, MARK] : [MARK];
  const attributes = Object.entries(element.attributes)
    .filter(([name]) => !names.includes(name))
    .map(([name, value]) => [name, name === 'style' ? led(value) : value]);
  return {
    ...element,
    attributes: Object.fromEntries(attributes),
    rules: element.rules?.map(led) ?? null,
  };
}

/** A style sheet as it was before its addresses were led nowhere. */
function led(css: string): string {
  return css.replaceAll('url("data:,', 'url("');
}
