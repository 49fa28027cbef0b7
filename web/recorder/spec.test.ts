import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const here = new URL('./', import.meta.url);

function textOf(file: string): string {
  return readFileSync(new URL(file, here), 'utf8');
}

it('every rule of SPEC.md is quoted by a test, and no test quotes another', () => {
  const rules = [...textOf('SPEC.md').matchAll(/^- \*\*(R\d+)\*\*/gm)].map(([, rule]) => rule);
  const tests = readdirSync(here).filter((file) => file.endsWith('.test.ts'));
  const quoted = tests.flatMap((file) => [...textOf(file).matchAll(/\[(R\d+)\]/g)]);
  const names = new Set(quoted.map(([, rule]) => rule));
  expect([...names].sort()).toEqual([...rules].sort());
});
