import { expect, it } from 'vitest';
import { completenessWords, gapWords, rangesWords, receivedWords } from './completeness.ts';

it('a whole recording and one with holes', () => {
  expect(completenessWords({ received: 412, expected: 412, missing: 0 })).toBe('412 of 412');
  expect(completenessWords({ received: 409, expected: 412, missing: 3 })).toBe('3 missing');
});

it('ranges', () => {
  expect(rangesWords([[7, 7]])).toBe('Message 7');
  expect(rangesWords([[3, 5]])).toBe('Messages 3 to 5');
  expect(
    rangesWords([
      [3, 5],
      [9, 9],
      [1_200, 1_201],
    ]),
  ).toBe('Messages 3 to 5, 9 and 1,200 to 1,201');
});

it('gaps with their causes', () => {
  expect(gapWords({ first: 7, last: 7, cause: 'limit' })).toBe(
    'Message 7 will never come: a limit was reached.',
  );
  expect(gapWords({ first: 2, last: 3, cause: 'no_room' })).toBe(
    'Messages 2 to 3 will never come: the recorder had no room left to hold them.',
  );
});

it('what was received', () => {
  expect(
    receivedWords([
      [1, 4],
      [6, 6],
    ]),
  ).toBe('5 messages');
});
