// Style sheets as a replay needs them: what the visitor's mouse stands on has the class `:hover`. rrweb
// does this with a whole parser of style sheets, which takes half a second per megabyte; here only
// what stands before a brace is looked at.

const BRACE = /[{}]/g;
const DEVICE = /\b(min|max)-device-(width|height)\b/gi;
/** Texts of style sheets kept with what became of them. */
const KEPT_MAX_LETTERS = 16_000_000;

/** Stands for rrweb's cache of style sheets, which knows every one already. */
export class HoverSheets {
  readonly #known = new Map<string, string>();
  #letters = 0;

  get(css: string): string {
    const known = this.#known.get(css);
    if (known !== undefined) return known;
    if (this.#letters > KEPT_MAX_LETTERS) {
      this.#known.clear();
      this.#letters = 0;
    }
    const result = withHoverClass(css);
    this.#known.set(css, result);
    this.#letters += css.length;
    return result;
  }

  /** rrweb asks for nothing that it would have to make itself. */
  set(): void {}
}

/** Adds to each selector with `:hover` one with the class; a page is as wide as its device. */
export function withHoverClass(css: string): string {
  const sheet = css.replace(DEVICE, '$1-$2');
  if (!sheet.includes(':hover')) return sheet;
  const parts: string[] = [];
  let from = 0;
  for (const { 0: brace, index } of sheet.matchAll(BRACE)) {
    const part = sheet.slice(from, index);
    parts.push(brace === '{' ? selected(part) : part, brace);
    from = index + 1;
  }
  return parts.join('') + sheet.slice(from);
}

/** What stands before an opening brace. */
function selected(prelude: string): string {
  // After a declaration of the rule around a nested one, or an at-rule without a block.
  const list = prelude.slice(prelude.lastIndexOf(';') + 1);
  // `@media (hover:hover)`, `@container`, …
  if (!list.includes(':hover') || list.trimStart().startsWith('@')) return prelude;
  const added = selectorsOf(list)
    .filter((selector) => selector.includes(':hover'))
    .map((selector) => selector.replaceAll(':hover', '.\\:hover').trim());
  return `${prelude.trimEnd()}, ${added.join(', ')} `;
}

/** Split at the commas that stand in no brackets. */
function selectorsOf(list: string): string[] {
  const found: string[] = [];
  let [depth, from] = [0, 0];
  for (let at = 0; at < list.length; at += 1) {
    const letter = list[at];
    if (letter === '(' || letter === '[') depth += 1;
    else if (letter === ')' || letter === ']') depth -= 1;
    else if (letter === ',' && depth === 0) {
      found.push(list.slice(from, at));
      from = at + 1;
    }
  }
  return [...found, list.slice(from)];
}
