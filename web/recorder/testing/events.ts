// rrweb events as tests need them.
import { EventType, type eventWithTime, IncrementalSource } from '@rrweb/types';

/** A test says as much of an event as matters. */
export function event(
  type: EventType,
  data: unknown,
  timestamp = 1_700_000_000_000,
): eventWithTime {
  return { type, data, timestamp } as eventWithTime;
}

export function change(data: { [name: string]: unknown } = {}, timestamp?: number): eventWithTime {
  return event(
    EventType.IncrementalSnapshot,
    { source: IncrementalSource.Scroll, ...data },
    timestamp,
  );
}

export function meta(): eventWithTime {
  return event(EventType.Meta, { href: 'https://shop.example/', width: 1, height: 2 });
}

export function snapshot(bytes = 10): eventWithTime {
  return event(EventType.FullSnapshot, {
    node: { type: 0, id: 1, childNodes: [], text: 'x'.repeat(bytes) },
  });
}
