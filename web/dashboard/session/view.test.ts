import { expect, it } from 'vitest';
import { ApiError } from '../api.ts';
import { type Change, changed, EMPTY, type View } from './view.ts';

function after(...changes: Change[]): View {
  return changes.reduce(changed, EMPTY);
}

const hole = { from_ms: 1, to_ms: 2, text: 'A stored piece cannot be read.' };

it('a picture that stands takes the place of an earlier failure', () => {
  const failed = after({ type: 'failed', error: new ApiError(0, {}) });
  expect(changed(failed, { type: 'loaded', at_ms: 0 })).toMatchObject({ shown: true, error: null });
});

it('a seek is told until it lands', () => {
  const sought = after({ type: 'sought', at_ms: 7 });
  expect(sought).toMatchObject({ at_ms: 7, seeking: { done: 0, all: 0 } });
  const seeking = changed(sought, { type: 'seeking', done: 1, all: 9 });
  expect(seeking).toMatchObject({ at_ms: 7, seeking: { done: 1, all: 9 } });
  expect(changed(seeking, { type: 'landed', at_ms: 8 })).toMatchObject({ at_ms: 8, seeking: null });
});

it('what is missing is told once, however often it is met', () => {
  expect(after({ type: 'hole', hole }, { type: 'hole', hole: { ...hole } }).holes).toEqual([hole]);
});

it('a hostile recording cannot fill the screen with problems', () => {
  const problems = Array.from({ length: 1_000 }, (_, at_ms): Change => {
    return { type: 'problem', text: 'broken', at_ms };
  });
  expect(after(...problems).problems).toHaveLength(200);
});
