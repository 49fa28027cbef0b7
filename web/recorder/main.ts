// What the script tag runs: `<script async src="https://host/recorder.js" data-site="key"></script>`.
// `data-consent="required"` waits for consent, `data-debug` tells of our own failures.
import { clock, guard, listen, openSocket, report, setDebug } from './natives.ts';
import { watchPages } from './pages.ts';
import { post, postLast } from './post.ts';
import { Recorder } from './recorder.ts';

/** A page may call `footage` before the script is here: `(footage.q = footage.q || []).push(arguments)`. */
type Footage = {
  (...command: unknown[]): void;
  q?: ArrayLike<unknown>[];
  recorder?: true;
};

declare global {
  interface Window {
    footage?: Footage;
  }
}

function obey(recorder: Recorder, [command, first, second]: readonly unknown[]): void {
  switch (command) {
    case 'start':
      recorder.start();
      break;
    case 'stop':
      recorder.stop();
      break;
    case 'consent':
      recorder.setConsent(first === true);
      break;
    case 'identify':
      recorder.identify(String(first), typeof second === 'object' && second ? { ...second } : {});
      break;
    case 'tag':
      recorder.tag(String(first), String(second));
      break;
    default:
      report(`footage has no command ${String(command)}`);
  }
}

function watchPage(recorder: Recorder): void {
  watchPages((cause) => recorder.moved(cause));
  // Images that fail to load come by here too, aimed at themselves.
  listen(window, 'error', ({ target }) => {
    if (target === window) recorder.error();
  });
  listen(window, 'unhandledrejection', () => recorder.error());
  listen(window, 'online', () => recorder.woke());
  listen(window, 'pagehide', () => recorder.pageHide());
  listen(window, 'pageshow', (event) => {
    if ((event as PageTransitionEvent).persisted) recorder.pageShow();
  });
  listen(document, 'visibilitychange', () => {
    if (document.visibilityState === 'hidden') recorder.hidden();
    else recorder.woke();
  });
}

function run(): void {
  const script =
    document.currentScript ?? document.querySelector<HTMLScriptElement>('script[data-site][src]');
  if (!(script instanceof HTMLScriptElement) || window.footage?.recorder) return;
  const { site, consent, debug } = script.dataset;
  setDebug(debug !== undefined);
  if (!site) {
    report('data-site is missing');
    return;
  }
  const waiting = window.footage?.q ?? [];
  const recorder = new Recorder(
    {
      siteKey: site,
      origin: new URL(script.src).origin,
      consentRequired: consent === 'required',
    },
    clock,
    {
      open: openSocket,
      post: (url, messages) => post(clock, url, messages),
      postLast,
    },
  );
  const footage: Footage = guard((...command: unknown[]) => obey(recorder, command));
  footage.recorder = true;
  window.footage = footage;
  watchPage(recorder);
  whenShown(() => {
    for (const command of Array.from(waiting)) footage(...Array.from(command));
    recorder.start();
  });
}

/** A page that is rendered ahead of a click may never be seen. */
function whenShown(run: () => void): void {
  if (!('prerendering' in document) || !document.prerendering) {
    run();
    return;
  }
  const stop = listen(document, 'prerenderingchange', () => {
    stop();
    run();
  });
}

guard(run)();
