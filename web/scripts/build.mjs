// Builds the named parts one after the other. A part is a folder with its own `vite.config.ts`,
// whose output goes to `dist/<part>/`; a part that has none yet is left out with a word.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

/** What a browser may have to load before a part shows its first screen, gzipped. */
const FIRST_LOAD_BYTES_MAX = { dashboard: 300_000 };

const web = dirname(dirname(fileURLToPath(import.meta.url)));

for (const part of process.argv.slice(2)) {
  const configFile = join(web, part, 'vite.config.ts');
  if (!existsSync(configFile)) {
    console.warn(`${part}: no vite.config.ts, left out`);
    continue;
  }
  const built = await build({
    configFile,
    root: join(web, part),
    logLevel: 'warn',
    build: { outDir: join(web, 'dist', part), emptyOutDir: true },
  });
  console.log(`${part}: built to dist/${part}/`);
  const max = FIRST_LOAD_BYTES_MAX[part];
  if (max !== undefined) weigh(part, [built].flat(), max);
}

/** Scripts that run at once, with what they import, and the styles of these. */
function weigh(part, built, max) {
  const files = new Map(built.flatMap(({ output }) => output.map((file) => [file.fileName, file])));
  const first = new Set();
  const add = (name) => {
    const file = files.get(name);
    if (file === undefined || first.has(file)) return;
    first.add(file);
    for (const style of file.viteMetadata?.importedCss ?? []) add(style);
    for (const imported of file.imports ?? []) add(imported);
  };
  for (const [name, { isEntry }] of files) if (isEntry) add(name);
  const weighed = [...files.values()]
    .filter(({ fileName }) => /\.(js|css)$/.test(fileName))
    .map((file) => ({ file, bytes: gzipSync(file.code ?? file.source).length }))
    .sort((a, b) => first.has(b.file) - first.has(a.file) || b.bytes - a.bytes);
  for (const { file, bytes } of weighed) {
    const when = first.has(file) ? 'at once' : 'later';
    console.log(`  ${kilobytes(bytes)}  ${when.padEnd(8)} ${file.fileName}`);
  }
  const sum = weighed.reduce((total, { file, bytes }) => total + (first.has(file) ? bytes : 0), 0);
  console.log(`  ${kilobytes(sum)}  first load, gzipped (at most ${kilobytes(max).trim()})`);
  if (first.size === 0 || sum > max) {
    console.error(`${part}: the first load is too large: load more of it later`);
    process.exitCode = 1;
  }
}

function kilobytes(bytes) {
  return `${(bytes / 1_000).toFixed(1)} kB`.padStart(9);
}
