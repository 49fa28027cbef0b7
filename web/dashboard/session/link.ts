import type { FromPlayer, ToPlayer } from '../../player/messages.ts';

/**
 * The line to the player document. What is said before the player is ready waits; only the player's
 * own window, at its own origin, is heard.
 */
export class PlayerLink {
  #frame: HTMLIFrameElement | null = null;
  #origin = '';
  #ready = false;
  #waiting: ToPlayer[] = [];
  readonly #hear: (message: FromPlayer) => void;

  constructor(hear: (message: FromPlayer) => void) {
    this.#hear = hear;
    window.addEventListener('message', this.#receive);
  }

  attach(frame: HTMLIFrameElement): void {
    this.#frame = frame;
    this.#origin = new URL(frame.src).origin;
  }

  send(message: ToPlayer): void {
    if (this.#ready) this.#frame?.contentWindow?.postMessage(message, this.#origin);
    else this.#waiting.push(message);
  }

  close(): void {
    window.removeEventListener('message', this.#receive);
    this.#waiting = [];
  }

  readonly #receive = (event: MessageEvent<FromPlayer>): void => {
    const own = event.source === this.#frame?.contentWindow && event.origin === this.#origin;
    if (!own || event.source === null) return;
    if (event.data.type === 'ready') {
      this.#ready = true;
      for (const message of this.#waiting.splice(0)) this.send(message);
    }
    this.#hear(event.data);
  };
}
