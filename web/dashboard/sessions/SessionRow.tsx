import { memo } from 'react';
import type { Session } from '../api.ts';
import { CompletenessMark } from '../CompletenessMark.tsx';
import { bytes, duration, number, pathOf, visitorName } from '../format.ts';
import { Moment } from '../Moment.tsx';
import { readable } from '../readable.ts';
import { Stranger } from '../Stranger.tsx';
import classes from './sessions.module.css';

const URL_CHARACTERS = 160;
const TOOLTIP_CHARACTERS = 500;

interface RowProps {
  session: Session;
  /** Its place in the whole list, the head counted as the first. */
  place: number;
  /** Pixels from the first row. */
  top: number;
  /** The one that the keyboard stands on. */
  current: boolean;
  withSite: boolean;
}

/** A row of a fixed height: plain elements, for many of them are drawn while one scrolls. */
export const SessionRow = memo(function SessionRow({
  session,
  place,
  top,
  current,
  withSite,
}: RowProps) {
  return (
    <tr
      className={classes['row']}
      style={{ transform: `translateY(${top}px)` }}
      aria-rowindex={place}
      data-id={session.id}
    >
      <td className={classes['who']}>
        <a href={`/sessions/${session.id}`} tabIndex={current ? 0 : -1}>
          <Stranger text={visitorName(session.visitor, session.user)} />
        </a>
        {session.live && <span className={classes['live']}>live</span>}
      </td>
      {withSite && (
        <td className={classes['site']} title={session.site.name}>
          <bdi>{session.site.name}</bdi>
        </td>
      )}
      <td className={classes['start']}>
        <Moment ms={session.started_at_ms} />
      </td>
      <td className={classes['duration']}>{duration(session.duration_ms)}</td>
      <td className={classes['pages']} title={pagesTitle(session)}>
        <span className={classes['visited']}>{number(session.pages)}</span>
        <Path url={session.first_url} />
        {session.pages > 1 && (
          <>
            <span aria-hidden>→</span>
            <Path url={session.last_url} />
          </>
        )}
      </td>
      <td className={classes['events']}>{number(session.events)}</td>
      <td className={classes['size']}>{bytes(session.bytes)}</td>
      <td className={classes['whole']}>
        <CompletenessMark completeness={session.completeness} />
      </td>
    </tr>
  );
});

function Path({ url }: { url: string }) {
  return <bdi>{readable(pathOf(url), URL_CHARACTERS)}</bdi>;
}

function pagesTitle({ first_url, last_url, title }: Session): string {
  const said = [title, first_url, last_url].map((text) => readable(text, TOOLTIP_CHARACTERS));
  return said.filter((text, place) => text !== '' && said.indexOf(text) === place).join('\n');
}
