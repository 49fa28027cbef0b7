import type { FromPlayer, ToPlayer } from './messages.ts';

/**
 * Opens the line to the page around this document and says `ready`.
 *
 * Only the parent window is heard, and only from the origin that the server wrote into the
 * document: a recording, or another page that frames us, can neither speak nor listen.
 */
export function connectToParent(
  receive: (message: ToPlayer) => void,
): (message: FromPlayer) => void {
  const origin = document.documentElement.dataset['parentOrigin'] ?? '';
  const send = (message: FromPlayer) => window.parent.postMessage(message, origin);
  window.addEventListener('message', (event: MessageEvent<ToPlayer>) => {
    if (event.source === window.parent && event.origin === origin) receive(event.data);
  });
  send({ type: 'ready' });
  return send;
}
