// Tells the natural sizes of images: a recording does not hold the images, and without their sizes a
// replay would not be laid out as the page was.
import { record } from '@rrweb/record';
import { EventType, type eventWithTime } from '@rrweb/types';
import { intervals } from '../shared/settings.ts';
import { type Clock, guard, listenOnce } from './natives.ts';

const TOLD_MAX = 2000;

export class Images {
  private readonly waiting = new Set<HTMLImageElement>();
  private cancel: (() => void) | null = null;
  private readonly loaded = guard(({ target }: Event) => this.note(target as HTMLImageElement));
  private readonly clock: Clock;
  private readonly isBlocked: (image: Element) => boolean;
  private readonly emit: (event: eventWithTime) => void;

  constructor(
    clock: Clock,
    isBlocked: (image: Element) => boolean,
    emit: (event: eventWithTime) => void,
  ) {
    this.clock = clock;
    this.isBlocked = isBlocked;
    this.emit = emit;
  }

  /** Keeps an eye on an image that rrweb just told of. Each has its own listener: `load` comes neither
   * out of frames nor out of shadow roots. */
  watch(image: HTMLImageElement): void {
    listenOnce(image, 'load', this.loaded);
    this.note(image);
  }

  /** Tells of all that wait, and are loaded. */
  tell(): void {
    const sizes: number[][] = [];
    for (const image of this.waiting) {
      const id = record.mirror.getId(image);
      const { naturalWidth, naturalHeight } = image;
      const isKnown = record.mirror.getNode(id) === image && !this.isBlocked(image);
      if (isKnown && naturalWidth > 0 && sizes.length < TOLD_MAX) {
        sizes.push([id, naturalWidth, naturalHeight]);
      }
    }
    this.clear();
    if (sizes.length === 0) return;
    const data = { tag: 'footage:images', payload: sizes };
    this.emit({ type: EventType.Custom, data, timestamp: this.clock.now() });
  }

  clear(): void {
    this.cancel?.();
    this.cancel = null;
    this.waiting.clear();
  }

  private note(image: HTMLImageElement): void {
    this.waiting.add(image);
    this.cancel ??= this.clock.after(intervals.batch_ms, () => this.tell());
  }
}
