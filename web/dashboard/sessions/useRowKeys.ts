import { useHotkeys } from '@mantine/hooks';

/** Steps through rows by j, k, the arrows, home and end, wherever no field or menu has the keyboard. */
export function useRowKeys(onStep: (step: number) => void): void {
  const by = (step: number) => (event: KeyboardEvent) => {
    const inside =
      event.target instanceof Element && event.target.closest('[role=dialog], [role=menu]');
    if (inside) return;
    event.preventDefault();
    onStep(step);
  };
  const open = { preventDefault: false };
  useHotkeys([
    ['j', by(1), open],
    ['ArrowDown', by(1), open],
    ['k', by(-1), open],
    ['ArrowUp', by(-1), open],
    ['Home', by(Number.NEGATIVE_INFINITY), open],
    ['End', by(Number.POSITIVE_INFINITY), open],
  ]);
}
