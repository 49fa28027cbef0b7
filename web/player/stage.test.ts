import { EventType, type eventWithTime, IncrementalSource } from '@rrweb/types';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { FromPlayer } from './messages.ts';

const picture = vi.hoisted(() => ({ passed: [] as number[], settled: 0, forgotten: 0 }));

/** Counts what is asked of it. */
vi.mock('./picture.ts', () => ({
  changesPicture: ({ type }: eventWithTime) => type >= EventType.FullSnapshot,
  Picture: class {
    readonly page = null;
    setSpeed() {}
    setMoving() {}
    forget() {
      picture.forgotten += 1;
    }
    pass({ timestamp }: eventWithTime) {
      picture.passed.push(timestamp);
    }
    settle() {
      picture.settled += 1;
    }
  },
}));

const { Stage } = await import('./stage.ts');

const START_MS = 1_700_000_000_000;

function keyframe(at: number): unknown[] {
  const meta = { href: 'a', width: 1, height: 1 };
  const snapshot = { node: { type: 0, id: 1, childNodes: [] }, initialOffset: { left: 0, top: 0 } };
  return [
    { type: EventType.Meta, timestamp: START_MS + at, data: meta },
    { type: EventType.FullSnapshot, timestamp: START_MS + at, data: snapshot },
  ];
}

function change(at: number): unknown {
  const data = { source: IncrementalSource.Scroll, id: 1, x: 0, y: at };
  return { type: EventType.IncrementalSnapshot, timestamp: START_MS + at, data };
}

let said: FromPlayer[];
let stage: InstanceType<typeof Stage>;

beforeEach(() => {
  vi.stubGlobal('requestAnimationFrame', () => 1);
  Object.assign(picture, { passed: [], settled: 0, forgotten: 0 });
  said = [];
  const settings = { start_ms: START_MS, speed: 1, skip_inactive: false };
  stage = new Stage(null as unknown as HTMLElement, settings, (message) => said.push(message));
});

function answers(): FromPlayer[] {
  return said.filter(({ type }) => type === 'loaded' || type === 'landed');
}

function states(): string[] {
  return said.flatMap((message) => (message.type === 'state' ? [message.state] : []));
}

describe('an open', () => {
  it('builds its picture once, when all that belongs to it has come', () => {
    stage.open(2_500);
    stage.take([...keyframe(0), change(500)], 1_000, false, false);
    stage.take([change(1_500)], 2_000, false, false);
    expect(picture.passed).toEqual([]);
    stage.take([change(2_200), change(2_800)], 3_000, false, false);
    expect(picture.passed.map((at) => at - START_MS)).toEqual([0, 0, 500, 1_500, 2_200]);
    expect(picture.settled).toBe(1);
    expect(answers()).toEqual([
      { type: 'loaded', at_ms: 2_500 },
      { type: 'landed', at_ms: 2_500 },
    ]);
  });

  it.each([
    ['a step', () => stage.step(1)],
    ['a seek', () => stage.seek(700)],
  ])('overtaken by %s still tells of its first picture', (_, overtake) => {
    stage.open(600);
    overtake();
    stage.take([...keyframe(0), change(650)], 1_000, false, false);
    expect(answers().map(({ type }) => type)).toEqual(['loaded', 'landed']);
  });

  it('before its keyframe shows the keyframe', () => {
    stage.open(100);
    stage.take(keyframe(400), 1_000, false, false);
    expect(answers().at(-1)).toEqual({ type: 'landed', at_ms: 400 });
  });

  it('without any picture says so once the recording ends, and stands', () => {
    stage.play();
    stage.open(100);
    stage.take([change(50)], 500, false, false);
    expect(answers()).toEqual([]);
    stage.take([], 900, true, false);
    expect(said).toContainEqual(expect.objectContaining({ type: 'problem' }));
    expect(answers()).toEqual([{ type: 'landed', at_ms: 100 }]);
    expect(states().at(-1)).not.toBe('waiting');
  });
});

describe('a seek', () => {
  beforeEach(() => {
    stage.open(0);
    stage.take(
      [...keyframe(0), change(500), ...keyframe(1_000), change(1_500)],
      2_000,
      false,
      false,
    );
  });

  it('back begins with the keyframe before it', () => {
    stage.seek(1_600);
    picture.passed = [];
    stage.seek(1_200);
    expect(picture.passed.map((at) => at - START_MS)).toEqual([1_000, 1_000]);
    expect(answers().at(-1)).toEqual({ type: 'landed', at_ms: 1_200 });
  });

  it('past what has come shows what there is, and lands when more has come', () => {
    const { length } = answers();
    stage.seek(2_500);
    expect(picture.passed.at(-1)).toBe(START_MS + 1_500);
    expect(answers()).toHaveLength(length);
    stage.take([change(2_400)], 3_000, false, false);
    expect(picture.passed.at(-1)).toBe(START_MS + 2_400);
    expect(answers().at(-1)).toEqual({ type: 'landed', at_ms: 2_500 });
  });

  it('by steps goes from change to change, and stays where there is none', () => {
    const landed = (direction: 1 | -1) => {
      stage.step(direction);
      return (answers().at(-1) as { at_ms: number }).at_ms;
    };
    expect([landed(1), landed(1), landed(1), landed(1)]).toEqual([500, 1_000, 1_500, 1_500]);
    expect([landed(-1), landed(-1), landed(-1), landed(-1)]).toEqual([1_000, 500, 0, 0]);
  });
});

describe('playing', () => {
  it('waits where nothing has come yet, goes on with more, and is finished at the end', () => {
    stage.open(0);
    stage.take(keyframe(0), 1_000, false, false);
    stage.seek(1_000);
    stage.play();
    expect(states()).toEqual(['waiting']);
    stage.take([change(1_200)], 2_000, false, false);
    expect(states().at(-1)).toBe('playing');
    stage.take([], 2_000, true, false);
    stage.seek(2_000);
    expect(states().at(-1)).toBe('finished');
    stage.play();
    expect(states().at(-1)).toBe('finished');
    stage.seek(500);
    expect(states().at(-1)).toBe('paused');
  });

  it('goes on when a live session does that was finished', () => {
    stage.open(0);
    stage.take(keyframe(0), 1_000, true, false);
    stage.seek(1_000);
    expect(states().at(-1)).toBe('finished');
    stage.take([], 2_000, false, false);
    expect(states().at(-1)).toBe('paused');
    stage.play();
    expect(states().at(-1)).toBe('playing');
  });

  it('is finished when the session ends where it stands paused', () => {
    stage.open(0);
    stage.take(keyframe(0), 1_000, false, false);
    stage.seek(1_000);
    stage.take([], 1_000, true, false);
    expect(states()).toEqual(['finished']);
  });
});
