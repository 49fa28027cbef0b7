// Style sheets whose addresses lead nowhere, so that a browser does not even try them: the document's
// policy would refuse each, with an error in the console. The address stays readable behind `data:,`.

const ADDRESS = /url\(\s*(["']?)(?!\s*(?:data:|#|["')]))([^"')]*)/gi;
const IMPORT = /@import\s*(?:url\(\s*)?(?:"([^"]*)"|'([^']*)'|([^\s;)"']+))[^;{}]*(?:;|$)/gi;
const FONT = /\.(?:woff2?|ttf|otf|eot)\b|fonts?\./i;

export type Referred = (kind: 'images' | 'fonts' | 'styles', address: string) => void;

export function leadNowhere(css: string, referred: Referred): string {
  let result = css;
  if (/@import/i.test(result)) {
    result = result.replace(IMPORT, (_, ...found: (string | undefined)[]) => {
      referred('styles', found.slice(0, 3).find((address) => address !== undefined) ?? '');
      return '';
    });
  }
  if (!/url\(/i.test(result)) return result;
  return result.replace(ADDRESS, (_, quote: string, address: string) => {
    referred(FONT.test(address) ? 'fonts' : 'images', address);
    return `url(${quote}data:,${address}`;
  });
}
