// Where the reader was, for the way back from a session.
import type { Place } from './SessionTable.tsx';
import type { ListSearch } from './search.ts';

let left: { search: ListSearch; place: Place } | null = null;

export function leaveAt(search: ListSearch, place: Place): void {
  left = { search, place };
}

/** Only for the list that was left. */
export function placeOf(search: ListSearch): Place | undefined {
  return left !== null && JSON.stringify(left.search) === JSON.stringify(search)
    ? left.place
    : undefined;
}

export function forgetPlace(): void {
  left = null;
}

/** The filters that were set. */
export function lastSearch(): ListSearch {
  return left?.search ?? {};
}
