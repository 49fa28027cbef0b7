import { VisuallyHidden } from '@mantine/core';
import { Head } from './SessionTable.tsx';
import classes from './sessions.module.css';

const ROWS = Array.from({ length: 12 }, (_, row) => row);
/** As in sessions.module.css. */
const ROW_PX = 40;
const CELLS = ['who', 'start', 'duration', 'pages', 'extra', 'extra', 'whole'] as const;

/** The table before its first rows, in the same size. */
export function Bones() {
  return (
    <>
      <VisuallyHidden role="status">Loading the sessions</VisuallyHidden>
      <table className={classes['table']} aria-hidden>
        <Head withSite={false} />
        <tbody style={{ height: ROWS.length * ROW_PX }}>
          {ROWS.map((row) => (
            <tr
              key={row}
              className={classes['row']}
              style={{ transform: `translateY(${row * ROW_PX}px)` }}
            >
              {CELLS.map((cell, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the cells never change
                <td key={at} className={classes[cell]}>
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
