/** The first index from `first` on whose moment is later than `at`, among moments in order. */
export function firstAfter(
  length: number,
  momentOf: (index: number) => number,
  at: number,
  first = 0,
): number {
  let low = first;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (momentOf(middle) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
