import { readFile } from 'node:fs/promises';
import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript';
import { expect, it } from 'vitest';

it('the types are those of the description: run `make api`', async () => {
  const description = new URL('./openapi.json', import.meta.url);
  const types = COMMENT_HEADER + astToString(await openapiTS(description));
  expect(await readFile(new URL('./schema.gen.ts', import.meta.url), 'utf8')).toBe(types);
});
