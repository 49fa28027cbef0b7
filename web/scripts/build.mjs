// Builds the named parts one after the other. A part is a folder with its own `vite.config.ts`,
// whose output goes to `dist/<part>/`; a part that has none yet is left out with a word.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const web = dirname(dirname(fileURLToPath(import.meta.url)));

for (const part of process.argv.slice(2)) {
  const configFile = join(web, part, 'vite.config.ts');
  if (!existsSync(configFile)) {
    console.warn(`${part}: no vite.config.ts, left out`);
    continue;
  }
  await build({
    configFile,
    root: join(web, part),
    logLevel: 'warn',
    build: { outDir: join(web, 'dist', part), emptyOutDir: true },
  });
  console.log(`${part}: built to dist/${part}/`);
}
