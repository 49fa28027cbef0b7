// Texts that strangers wrote (names, titles, addresses), so that they can be read and do no harm.

const BIDI: Record<string, string> = {
  '\u061c': 'ALM',
  '\u200e': 'LRM',
  '\u200f': 'RLM',
  '\u202a': 'LRE',
  '\u202b': 'RLE',
  '\u202c': 'PDF',
  '\u202d': 'LRO',
  '\u202e': 'RLO',
  '\u2066': 'LRI',
  '\u2067': 'RLI',
  '\u2068': 'FSI',
  '\u2069': 'PDI',
};

const PLAIN = /^[\x20-\x7e]*$/;
/**
 * Cc, Cs: controls and halves of characters; Zl, Zp: line ends; Cf: all that is format only. Then the
 * letters that are blank: fillers of Hangul, and Braille without a dot.
 */
const UNSEEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Cf}\u115f\u1160\u2800\u3164\uffa0]/gu;
/** Joiners, without which words of some scripts, families and flags fall apart. */
const JOINERS = new Set(['\u200c', '\u200d']);
const TAG = /[\u{e0020}-\u{e007f}]/u;
/** More marks on one letter than any script needs paint over the lines around it. */
const PILED_MARKS = /(\p{M}{8})\p{M}+/gu;
/** No character as a reader sees it is longer than this in code units, once piles are cut. */
const UNITS_PER_CHARACTER_MAX = 64;

const characters = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * A stranger's text with all that is unseen in it made visible, and at most `max` characters as a
 * reader counts them, the last of them an ellipsis where something was cut.
 */
export function readable(text: string, max: number): string {
  if (text.length <= max && PLAIN.test(text)) return text;
  // What is cut away anyway is not looked at: a title may have megabytes.
  const enough = text.slice(0, max * UNITS_PER_CHARACTER_MAX);
  const shown = enough.replace(PILED_MARKS, '$1').replace(UNSEEN, sign);
  const kept: string[] = [];
  for (const { segment } of characters.segment(shown)) {
    if (kept.length === max) {
      kept[max - 1] = '…';
      return kept.join('');
    }
    kept.push(segment);
  }
  return enough.length < text.length ? `${kept.join('')}…` : kept.join('');
}

function sign(unseen: string): string {
  if (JOINERS.has(unseen) || TAG.test(unseen)) return unseen;
  const bidi = BIDI[unseen];
  if (bidi !== undefined) return `⟨${bidi}⟩`;
  const code = unseen.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '␡';
  if (code >= 0xd800 && code <= 0xdfff) return '\ufffd';
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}
