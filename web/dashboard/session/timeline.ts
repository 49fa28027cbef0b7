// The pages of a recording, as stretches of its time.

/** A page or an address within one came up. Times are milliseconds since 1970. */
export interface PageMark {
  at_ms: number;
  url: string;
  title: string;
}

/** Milliseconds from the first event. */
export interface Segment {
  from: number;
  to: number;
  url: string;
  title: string;
}

/** One segment from each page to the next; a page that comes up again at once is one page. */
export function segments(
  marks: readonly PageMark[],
  start_ms: number,
  duration_ms: number,
): Segment[] {
  const found: Segment[] = [];
  for (const mark of marks) {
    const from = Math.min(duration_ms, Math.max(0, mark.at_ms - start_ms));
    const previous = found.at(-1);
    if (previous?.url === mark.url) {
      if (mark.title !== '') previous.title = mark.title;
      continue;
    }
    if (previous) previous.to = from;
    found.push({ from: previous ? from : 0, to: duration_ms, url: mark.url, title: mark.title });
  }
  return found;
}

/** The segment at a moment. */
export function segmentAt(found: readonly Segment[], at: number): Segment | undefined {
  return found.findLast((segment) => segment.from <= at) ?? found[0];
}
