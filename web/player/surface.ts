// A picture of nothing, of a natural size: where an image is absent, the page stays laid out as it was.
export type Size = readonly [width: number, height: number];

const SIDE_MAX = 16_384;
const LETTERS_MIN = 7;
/** A browser takes milliseconds for each different SVG, so only so many say their size. */
const LABELLED_MAX = 60;

const labelled = new Map<string, string>();

/** Whether a browser can lay out, and draw on, so many pixels. */
export function isSide(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= SIDE_MAX;
}

/** Transparent; `MARK` in `placeholders.ts` gives it its colour. The word stands where there is room. */
export function surface(size: Size, word: string): string {
  const [width, height] = size;
  const letters = Math.floor(Math.min(width / 14, height / 7));
  if (word === '' || letters < LETTERS_MIN) return blank(size);
  const key = `${width} ${height} ${word}`;
  const known = labelled.get(key);
  if (known !== undefined) return known;
  if (labelled.size >= LABELLED_MAX) return blank(size);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none"><text x="50%" y="50%" font-size="${letters}" font-family="sans-serif" fill="#888" text-anchor="middle" dominant-baseline="central">${word}</text></svg>`;
  const address = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  labelled.set(key, address);
  return address;
}

/** A GIF of one transparent pixel on a large canvas costs a browser next to nothing. */
function blank([width, height]: Size): string {
  const sides = String.fromCharCode(width & 255, width >> 8, height & 255, height >> 8);
  return `data:image/gif;base64,${btoa(`GIF89a${sides}${ONE_PIXEL}`)}`;
}

const ONE_PIXEL =
  '\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x01D\0;';
