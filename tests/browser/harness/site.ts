// The recorded web site: another origin than Footage, served by a plain file server that counts.
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { extname, join } from 'node:path';
import { pause } from './eventually.ts';

const FILES = join(import.meta.dirname, '../site');
const KINDS: { readonly [ending: string]: string } = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

export class Site {
  /** Everything that was asked for, by path and query, in order. */
  readonly hits: string[] = [];
  /** How often anybody connected, even without asking for anything. */
  connections = 0;
  readonly origin: string;
  /** Written into the pages, once it is known. */
  footage = { origin: '', key: '' };
  private readonly server: Server;
  private readonly pages = new Map<string, string>();

  private constructor(server: Server, port: number) {
    this.server = server;
    // Not the same site as 127.0.0.1 either.
    this.origin = `http://localhost:${port}`;
    server.on('connection', () => {
      this.connections += 1;
    });
    server.on('request', async (request, response) => {
      const url = new URL(request.url ?? '/', this.origin);
      this.hits.push(request.url ?? '/');
      const wait = Number(url.searchParams.get('after') ?? 0);
      if (wait > 0) await pause(wait);
      const found = await this.content(url.pathname === '/' ? '/index.html' : url.pathname);
      if (found === null) response.writeHead(404).end();
      else response.writeHead(200, { 'content-type': found.kind }).end(found.bytes);
    });
  }

  static async open(): Promise<Site> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return new Site(server, address.port);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  /** A page that is not worth a file. The recorder's line is put into its head. */
  page(path: string, head: string, body: string): string {
    const line = '<script async src="__FOOTAGE__/recorder.js" data-site="__SITE_KEY__"></script>';
    const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${path}</title>
      ${line}${head}</head><body>${body}</body></html>`;
    this.pages.set(path, html);
    return this.origin + path;
  }

  private async content(path: string): Promise<{ kind: string; bytes: Buffer | string } | null> {
    const made = this.pages.get(path);
    if (made !== undefined) return { kind: 'text/html', bytes: this.filled(made) };
    const kind = KINDS[extname(path)];
    const file = join(FILES, path);
    if (kind === undefined || !/^\/[a-z0-9-]+\.[a-z0-9]+$/.test(path) || !existsSync(file)) {
      return null;
    }
    const bytes = await readFile(file);
    return { kind, bytes: kind === 'text/html' ? this.filled(bytes.toString()) : bytes };
  }

  private filled(html: string): string {
    return html
      .replaceAll('__FOOTAGE__', this.footage.origin)
      .replaceAll('__SITE_KEY__', this.footage.key);
  }
}
