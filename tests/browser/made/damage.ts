// Makes a good recording a bad one, behind the server's back: what disks, other programs and
// programs of tomorrow may leave in Postgres.
import type { Database } from '../harness/database.ts';

/** Which chunk, by its place in the recording. */
const nth = (session: string, at: number) => `(account_id, started_on, session_id, stream_id,
  first_seq) = (select account_id, started_on, session_id, stream_id, first_seq from chunks
  where session_id = '${session}' order by first_event_ms, first_seq offset ${at} limit 1)`;

/** What can be wrong with the chunk at a place. */
export const DAMAGES = {
  'a body that does not inflate': `update chunks set
    body = overlay(body placing '\\xdeadbeefdeadbeefdeadbeef' from length(body) / 2)`,
  'an unknown codec': 'update chunks set codec = 77',
  'a body that is missing': `update chunks set body = null, storage_key = 'elsewhere'`,
  'a deleted chunk': 'delete from chunks',
  // A zstd frame of one raw block: events that are none, behind a head that is none.
  rubbish: `update chunks set body = '\\x28b52ffd2005290000c1c1c1c1c1', raw_bytes = 5`,
} as const;

export type Damage = keyof typeof DAMAGES;

/** The places of the chunks in which a keyframe begins. */
export async function keyframes(database: Database, session: string): Promise<number[]> {
  const rows = await database.rows(`select place from (
      select keyframe_offset, row_number() over (order by first_event_ms, first_seq) - 1 as place
      from chunks where session_id = '${session}'
    ) placed where keyframe_offset is not null order by place`);
  return rows.map(Number);
}

export async function damage(
  database: Database,
  session: string,
  what: Damage,
  at: number,
): Promise<void> {
  await database.rows(`${DAMAGES[what]} where ${nth(session, at)}`);
}
