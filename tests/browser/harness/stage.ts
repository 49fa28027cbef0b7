// What most tests need: a server, a tap before it, a site of another origin, a browser.
import type { Browser, BrowserContext } from 'playwright-core';
import { launch, VIEWPORT } from './browser.ts';
import { Server } from './server.ts';
import { Site } from './site.ts';
import { Tap } from './tap.ts';

export type Stage = {
  readonly server: Server;
  readonly tap: Tap;
  readonly site: Site;
  readonly browser: Browser;
  /** A browser profile of a new visitor. */
  visitor(): Promise<BrowserContext>;
  strike(): Promise<void>;
};

/** Sets the stage; pages of the site reach Footage through the tap. */
export async function setStage(settings: NodeJS.ProcessEnv = {}): Promise<Stage> {
  const [server, site, browser] = await Promise.all([
    Server.start(settings),
    Site.open(),
    launch(),
  ]);
  const tap = await Tap.before(server.origin);
  const key = await server.addSite('The shop', [site.origin]);
  site.footage = { origin: tap.origin, key };
  return {
    server,
    tap,
    site,
    browser,
    visitor: () => browser.newContext({ viewport: VIEWPORT }),
    async strike() {
      await browser.close();
      await Promise.all([tap.close(), site.close()]);
      await server.remove();
    },
  };
}
