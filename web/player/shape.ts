// Whether a stranger's event has the shape that rrweb takes for granted where nothing of ours stands
// between: `picture.ts` catches the rest.
import { EventType, type eventWithTime, IncrementalSource } from '@rrweb/types';
import { isRecord } from './record.ts';

export function isEvent(value: unknown): value is eventWithTime {
  if (!isRecord(value) || !Number.isFinite(value['timestamp'])) return false;
  const data = value['data'];
  switch (value['type']) {
    case EventType.DomContentLoaded:
    case EventType.Load:
    case EventType.Custom:
    case EventType.Plugin:
      return true;
    case EventType.Meta:
      return isRecord(data) && areNumbers(data, ['width', 'height']);
    case EventType.FullSnapshot:
      return isRecord(data) && isRecord(data['node']) && isOffset(data['initialOffset']);
    case EventType.IncrementalSnapshot:
      return isRecord(data) && (!moves(data) || arePositions(data['positions']));
    default:
      return false;
  }
}

function isOffset(value: unknown): boolean {
  return isRecord(value) && areNumbers(value, ['left', 'top']);
}

/** Both the sources that have positions and events that merely claim some. */
function moves(data: Record<string, unknown>): boolean {
  const moving: unknown[] = [
    IncrementalSource.MouseMove,
    IncrementalSource.TouchMove,
    IncrementalSource.Drag,
  ];
  return 'positions' in data || moving.includes(data['source']);
}

function arePositions(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((each) => isRecord(each) && areNumbers(each, ['x', 'y', 'id', 'timeOffset']))
  );
}

function areNumbers(of: Record<string, unknown>, names: readonly string[]): boolean {
  return names.every((name) => Number.isFinite(of[name]));
}
