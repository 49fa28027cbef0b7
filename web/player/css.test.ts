import { expect, it } from 'vitest';
import { leadNowhere } from './css.ts';

function led(css: string): { css: string; referred: string[] } {
  const referred: string[] = [];
  const result = leadNowhere(css, (kind, address) => referred.push(`${kind} ${address}`));
  return { css: result, referred };
}

it('addresses of a style sheet lead nowhere and stay readable', () => {
  expect(led('a { background: URL( "//x/a.png" ) } b { mask: url(b.svg#c) }')).toEqual({
    css: 'a { background: url("data:,//x/a.png" ) } b { mask: url(data:,b.svg#c) }',
    referred: ['images //x/a.png', 'images b.svg#c'],
  });
});

it('what is held, or within the page, stays', () => {
  const css = `a { background: url(data:image/png;base64,AA==); fill: url('#gradient') }`;
  expect(led(css)).toEqual({ css, referred: [] });
});

it('fonts are told from images', () => {
  expect(led('@font-face { src: url(/f.woff2) }').referred).toEqual(['fonts /f.woff2']);
});

it('imported sheets go, with their queries', () => {
  const css = `@import url("https://fonts.example/css?family=A:wght@1;2") screen; @import 'b.css'; p {}`;
  expect(led(css)).toEqual({
    css: '  p {}',
    referred: ['styles https://fonts.example/css?family=A:wght@1;2', 'styles b.css'],
  });
});

it('takes no longer than the text is long', () => {
  const before = performance.now();
  for (const part of ['url(', 'url( ', '@import ', '@import a {', '@import "', ':hover', ' ']) {
    led(`${part.repeat(100_000)}{`);
    led(`url(${part.repeat(100_000)}#`);
  }
  expect(performance.now() - before).toBeLessThan(2_000);
});
