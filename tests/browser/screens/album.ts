// The pictures of all screens, and a page that shows them side by side.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

export class Album {
  private readonly folder: string;
  private readonly pictures = new Map<string, string[]>();

  private constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  static of(folder: string | undefined): Album | null {
    return folder === undefined ? null : new Album(folder);
  }

  async add(screen: string, variant: string, page: Page): Promise<void> {
    const file = `${screen}-${variant}.png`;
    await page.screenshot({ path: join(this.folder, file), animations: 'disabled' });
    this.pictures.set(screen, [...(this.pictures.get(screen) ?? []), file]);
  }

  /** Writes `index.html`. */
  close(): void {
    const rows = [...this.pictures].map(
      ([screen, files]) =>
        `<h2>${screen}</h2><p>${files.map((file) => `<img src="${file}" alt="${file}">`).join('')}</p>`,
    );
    const style = 'body { font: 14px sans-serif } img { height: 480px; margin: 8px }';
    const html = `<!doctype html><title>Screens</title><style>${style}</style>${rows.join('\n')}`;
    writeFileSync(join(this.folder, 'index.html'), html);
  }
}
