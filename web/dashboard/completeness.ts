// How whole a recording is, in words.
import type { Range } from '../shared/fields.ts';
import type { GapCause } from '../shared/wire.ts';
import type { Completeness, Gap } from './api.ts';
import { counted, number } from './format.ts';

/** `412 of 412`, or what is missing. */
export function completenessWords({ received, expected, missing }: Completeness): string {
  return missing === 0
    ? `${number(received)} of ${number(expected)}`
    : `${number(missing)} missing`;
}

const CAUSES: Record<GapCause, string> = {
  no_room: 'the recorder had no room left to hold them',
  limit: 'a limit was reached',
  too_large: 'they were too large to send',
  not_recorded: 'they were not recorded',
};

/** `Message 7 will never come: a limit was reached.` */
export function gapWords({ first, last, cause }: Gap): string {
  return `${rangesWords([[first, last]])} will never come: ${CAUSES[cause]}.`;
}

/** `Messages 3 to 5, 9 and 12`. */
export function rangesWords(ranges: readonly Range[]): string {
  const words = ranges.map(([first, last]) =>
    first === last ? number(first) : `${number(first)} to ${number(last)}`,
  );
  const only = ranges.length === 1 && ranges[0]?.[0] === ranges[0]?.[1];
  const last = words.pop() ?? '';
  const listed = words.length === 0 ? last : `${words.join(', ')} and ${last}`;
  return `${only ? 'Message' : 'Messages'} ${listed}`;
}

/** `118 messages`. */
export function receivedWords(ranges: readonly Range[]): string {
  const received = ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  return counted(received, 'message');
}
