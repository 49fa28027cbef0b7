// Style sheets whose addresses lead nowhere, so that a browser does not even try them: the document's
// policy would refuse each, with an error in the console. The address stays readable behind `data:,`.

const ADDRESS = /url\(\s*(["']?)(?!data:|[#"')\s])([^"')]*)/gi;
const IMPORT = /@import\b/gi;
const IMPORTED = /["'(]\s*["']?([^"')]*)/;
const IMPORTED_MAX_LETTERS = 2_000;
const FONT = /\.(?:woff2?|ttf|otf|eot)\b|fonts?\./i;

export type Referred = (kind: 'images' | 'fonts' | 'styles', address: string) => void;

export function leadNowhere(css: string, referred: Referred): string {
  return withoutImports(css, referred).replace(ADDRESS, (_, quote: string, address: string) => {
    referred(FONT.test(address) ? 'fonts' : 'images', address);
    return `url(${quote}data:,${address}`;
  });
}

function withoutImports(css: string, referred: Referred): string {
  const kept: string[] = [];
  let from = 0;
  for (const { index } of css.matchAll(IMPORT)) {
    if (index < from) continue;
    kept.push(css.slice(from, index));
    from = endOfStatement(css, index);
    const statement = css.slice(index, Math.min(from, index + IMPORTED_MAX_LETTERS));
    referred('styles', IMPORTED.exec(statement)?.[1]?.trim() ?? '');
  }
  return kept.join('') + css.slice(from);
}

/** Semicolons within quotes end nothing. */
function endOfStatement(css: string, start: number): number {
  let quote: string | undefined;
  for (let at = start; at < css.length; at += 1) {
    const letter = css[at];
    if (quote !== undefined) quote = letter === quote ? undefined : quote;
    else if (letter === '"' || letter === "'") quote = letter;
    else if (letter === ';') return at + 1;
    else if (letter === '{' || letter === '}') return at;
  }
  return css.length;
}
