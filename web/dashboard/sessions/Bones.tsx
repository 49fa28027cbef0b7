import { VisuallyHidden } from '@mantine/core';
import { Head } from './SessionTable.tsx';
import classes from './sessions.module.css';

const ROWS = Array.from({ length: 12 }, (_, row) => row);
const CELLS = ['who', 'site', 'start', 'duration', 'pages', 'events', 'size', 'whole'] as const;

/** The table before its first rows, in the same size. */
export function Bones({ withSite }: { withSite: boolean }) {
  const cells = CELLS.filter((cell) => cell !== 'site' || withSite);
  return (
    <>
      <VisuallyHidden role="status">Loading the sessions</VisuallyHidden>
      <table className={classes['table']} data-sites={withSite || undefined} aria-hidden>
        <Head withSite={withSite} />
        <tbody>
          {ROWS.map((row) => (
            <tr key={row} className={classes['row']} data-still>
              {cells.map((cell) => (
                <td key={cell} className={classes[cell]}>
                  <span className={classes['bone']} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
