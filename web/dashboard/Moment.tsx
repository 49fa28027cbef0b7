import { exactMoment, isoMoment, moment } from './format.ts';

/** A moment in the reader's own time; to the second, with its zone and in UTC, on hover. */
export function Moment({ ms }: { ms: number }) {
  return (
    <time dateTime={isoMoment(ms)} title={exactMoment(ms)}>
      {moment(ms)}
    </time>
  );
}
