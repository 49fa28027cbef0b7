/** Among indices of which the first ones hold: the first from `first` on that does not. */
export function firstThatNot(length: number, holds: (index: number) => boolean, first = 0): number {
  let low = first;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
