// rrweb takes events at their word. Here what it stumbles over is passed over, so that one damaged
// event does not end the replay of the others.
import type { Replayer } from '@rrweb/replay';

/** Where rrweb does what a recording says. */
const STEPS = [
  'rebuildFullSnapshot',
  'applyIncremental',
  'applyStyleSheetMutation',
  'applyAdoptedStyleSheet',
  'applySelection',
  'moveAndHover',
] as const;

type Step = (...args: unknown[]) => unknown;
type Action = { doAction: () => void; delay: number };
type Inner = Record<(typeof STEPS)[number], Step> & {
  readonly timer: { addAction: (action: Action) => void };
};

export function forgive(replayer: Replayer, stumbled: (error: unknown) => void): void {
  const inner = replayer as unknown as Inner;
  const forgiving = (step: Step) =>
    function (this: unknown, ...args: unknown[]): unknown {
      try {
        return step.apply(this, args);
      } catch (error) {
        return stumbled(error);
      }
    };
  for (const name of STEPS) inner[name] = forgiving(inner[name].bind(replayer));
  const { timer } = inner;
  const addAction = timer.addAction.bind(timer);
  timer.addAction = ({ doAction, delay }) => addAction({ doAction: forgiving(doAction), delay });
}
