// What of the pinned `@rrweb/record` is left out of our build, and what is put right in it.

/**
 * What of rrweb we never switch on: from a mark, up to a mark, what stands there instead.
 *
 * Its published form is one file, so nothing but cutting leaves these out.
 */
const CUTS: readonly (readonly [part: string, from: string, to: string, instead: string])[] = [
  [
    'canvas and image data',
    'if (tagName === "canvas" && recordCanvas) {',
    'if (["audio", "video"]',
    '',
  ],
  ['the warning of an old name', 'const DEPARTED_MIRROR', 'function throttle(', ''],
  [
    'nodes of a virtual document',
    'class BaseRRNode {',
    'function on(type,',
    'class BaseRRNode {}\n',
  ],
  [
    'fonts',
    'function initFontObserver({',
    'function initSelectionObserver(',
    'function initFontObserver() {}\n',
  ],
  ['hooks', 'function mergeHooks(', 'function initObservers(', 'function mergeHooks() {}\n'],
  [
    'ids of foreign frames',
    'class CrossOriginIframeMirror {',
    'class IframeManager {',
    'class CrossOriginIframeMirror {}\n',
  ],
  ['messages of foreign frames', '  handleMessage(message) {', 'class ShadowDomManager {', '}\n'],
  [
    'canvas and its worker',
    'var chars = "ABC',
    'class StylesheetManager {',
    'class CanvasManager { freeze() {} unfreeze() {} lock() {} unlock() {} reset() {} }\n',
  ],
  [
    'every field by its type, in a snapshot',
    'const maskInputOptions = maskAllInputs',
    'const slimDOMOptions =',
    'const maskInputOptions = maskAllInputs;\n',
  ],
  [
    'frames that tell their parent, and every field by its type',
    'const inEmittingFrame =',
    'const slimDOMOptions =',
    'mirror.reset();\nconst maskInputOptions = _maskInputOptions;\n',
  ],
  ['packing, and keyframes by count', 'let lastFullSnapshotEvent;', 'wrappedEmit = (r', ''],
  [
    'who is told of an event',
    'if (inEmittingFrame) {',
    '  };\n  const wrappedMutationEmit',
    'emit(e, isCheckout);\n',
  ],
  [
    'plugins that ask for the mirror',
    'for (const plugin of plugins',
    'const processedNodeManager = new',
    '',
  ],
  ['plugins that observe', 'plugins: ((_a2', '},\n        hooks', ''],
  ['observing plugins', 'for (const plugin of o.plugins', 'return callbackWrapper(', ''],
  [
    'documents that still load',
    'if (["interactive", "complete"].includes',
    'return () => {\n      handlers',
    'init();\n',
  ],
  ['events of the page', 'record.addCustomEvent =', 'record.takeFullSnapshot =', ''],
];

/**
 * What of rrweb would grow with each keyframe, each restart and each frame that comes and goes, and
 * what it would miss: the text as it is, once in the file, and what stands there instead.
 *
 * As published, every keyframe watches each frame of the same origin once more: after ten of them all
 * that happens there is recorded eleven times. And nothing watched is ever let go. Of what scrolls
 * within 100 ms one element is told, and the last position of the others never. A document that is
 * written anew, or a frame that is watched before it is there, counts as taken out of the page, with
 * all that ever happens in it.
 */
const CURES: readonly (readonly [part: string, ill: string, well: string])[] = [
  [
    'the buffers of mutations',
    `  return [observer, iframeCleanup];
`,
    `  return [observer, iframeCleanup, () => {
    mutationBuffers.splice(mutationBuffers.indexOf(mutationBuffer), 1);
  }];
`,
  ],
  [
    'the buffer of a document, begun',
    `    [mutationObserver, cleanupMutationIframe] = initMutationObserver(o, o.doc);
`,
    `    [mutationObserver, cleanupMutationIframe, forgetBuffer] = initMutationObserver(o, o.doc);
`,
  ],
  [
    'the buffer of a document, declared',
    `  let mutationObserver;
`,
    `  let mutationObserver;
  let forgetBuffer;
`,
  ],
  [
    'the end of one document',
    `    mutationBuffers.forEach((b) => b.reset());
    mutationObserver == null ? void 0 : mutationObserver.disconnect();
    cleanupMutationIframe();
`,
    `    if (o.doc === document) {
      mutationBuffers.slice().forEach((b) => b.reset());
      cleanupMutationIframe();
    }
    mutationObserver.disconnect();
    forgetBuffer();
`,
  ],
  [
    'the buffer of a shadow root',
    `    const [observer] = initMutationObserver(
`,
    `    const [observer, , forgetBuffer] = initMutationObserver(
`,
  ],
  [
    'the end of a shadow root',
    `    this.restoreHandlers.push(() => observer.disconnect());
`,
    `    this.restoreHandlers.push(() => {
      observer.disconnect();
      forgetBuffer();
    });
`,
  ],
  [
    'attachShadow of frames',
    `      )
    );
  }
  reset() {
    this.restoreHandlers`,
    `      )
    );
    this.restoreHandlers.at(-1).doc = doc;
  }
  leave(doc) {
    this.restoreHandlers = this.restoreHandlers.filter((handler) => handler.doc !== doc);
  }
  reset() {
    this.restoreHandlers`,
  ],
  [
    'ids of nodes in shadow roots',
    `    if (n.childNodes) {
      n.childNodes.forEach(
        (childNode) => this.removeNodeFromMap(childNode)
`,
    `    if (n.shadowRoot) this.removeNodeFromMap(n.shadowRoot);
    if (n.childNodes) {
      n.childNodes.forEach(
        (childNode) => this.removeNodeFromMap(childNode)
`,
  ],
  [
    'what is put into an empty document',
    `            if (!inDom(parentNode2)) {
`,
    `            if (parentNode2 !== this.doc && !inDom(parentNode2)) {
`,
  ],
  [
    'the targets of scrolls',
    `  const updatePosition = callbackWrapper(
    throttle(
      callbackWrapper((evt) => {
        const target = getEventTarget(evt);
        if (!target || isBlocked(target, blockClass, blockSelector, true)) {
          return;
        }
        const id = mirror2.getId(target);
`,
    `  const scrolled = new Set();
  const tell = callbackWrapper((target) => {
        if (!target || isBlocked(target, blockClass, blockSelector, true)) {
          return;
        }
        const id = mirror2.getId(target);
        if (!mirror2.getNode(id)) return;
`,
  ],
  [
    'the pace of scrolls',
    `      }),
      sampling.scroll || 100
    )
  );
  return on("scroll", updatePosition, doc);
}
`,
    `      });
  const tellAll = () => {
    scrolled.forEach(tell);
    scrolled.clear();
  };
  const tellSoon = throttle(tellAll, 100);
  const stop = on("scroll", callbackWrapper((evt) => {
    scrolled.add(getEventTarget(evt));
    tellSoon();
  }), doc);
  scrolls.add(tellAll);
  return () => {
    stop();
    scrolls.delete(tellAll);
    scrolled.clear();
  };
}
const scrolls = new Set();
function tellScrolls() {
  scrolls.forEach((tellAll) => tellAll());
}
`,
  ],
  [
    'documents of frames',
    `    iframeManager.addLoadListener((iframeEl) => {
      try {
        handlers.push(observe(iframeEl.contentDocument));
`,
    `    let frames = [];
    const leave = ({ doc, stop }) => {
      try {
        mirror.removeNodeFromMap(doc);
        stop();
      } catch {}
    };
    handlers.push(() => {
      frames.forEach(leave);
      frames = null;
    });
    iframeManager.addLoadListener((iframeEl) => {
      try {
        const doc = iframeEl.contentDocument;
        if (!frames) return;
        frames = frames.filter((frame) => {
          if (frame.el.isConnected && frame.el.contentDocument === frame.doc) return true;
          leave(frame);
          shadowDomManager.leave(frame.doc);
          return false;
        });
        if (frames.every((frame) => frame.doc !== doc)) frames.push({ el: iframeEl, doc, stop: observe(doc) });
`,
  ],
  [
    'frames that are still loading',
    `    iframeEl.addEventListener("load", () => {
      clearTimeout(timer);
`,
    `    onLoad(iframeEl, () => {
      clearTimeout(timer);
`,
  ],
  [
    'frames that have loaded',
    `    return iframeEl.addEventListener("load", listener);
  }
  iframeEl.addEventListener("load", listener);
}
`,
    `    return onLoad(iframeEl, listener);
  }
  onLoad(iframeEl, listener);
}
const loadListeners = new WeakMap();
function onLoad(iframeEl, listener) {
  iframeEl.removeEventListener("load", loadListeners.get(iframeEl));
  loadListeners.set(iframeEl, listener);
  iframeEl.addEventListener("load", listener);
}
`,
  ],
];

/** What our cure of scrolls adds. */
declare module '@rrweb/record' {
  /** Tells at once of each scroll that waits to be told. */
  export function tellScrolls(): void;
}

/**
 * Names of event types, taken from rrweb itself instead of a second copy in `@rrweb/types`, and what
 * a cure adds.
 */
const MORE_NAMES = 'EventType, IncrementalSource, MouseInteractions, NodeType, tellScrolls';

/** The published file without the cuts, and cured. */
export function lean(published: string): string {
  let code = published;
  for (const [part, from, to, instead] of CUTS) {
    const start = code.indexOf(from);
    const end = code.indexOf(to, start);
    if (start < 0 || end < 0) throw new Error(`rrweb changed: no mark of ${part}`);
    code = code.slice(0, start) + instead + code.slice(end);
  }
  for (const [part, ill, well] of CURES) {
    if (code.split(ill).length !== 2) throw new Error(`rrweb changed: no place to cure ${part}`);
    code = code.replace(ill, () => well);
  }
  return `${code}\nexport { ${MORE_NAMES} };`;
}
