// Sessions by the hundred thousand, straight into Postgres: the list, its filters and its details
// are real, a recording is behind none of them.
import type { Database } from '../harness/database.ts';

const DAYS = 30;
const SITES = ['Lavender & Kettle', 'Back office', 'Help centre', 'Travel'];

/** Fills the 30 days before now, of the only account there is. */
export async function fill(database: Database, count: number): Promise<void> {
  await database.rows(sites());
  await database.rows(
    `select footage_ensure_partitions((now() at time zone 'utc')::date - day)
     from generate_series(0, ${DAYS}) day`,
  );
  await database.rows(drawn(count));
  for (const sql of [SESSIONS, STREAMS, PAGES]) await database.rows(sql);
  await database.rows('drop table drawn; analyze sessions; analyze streams; analyze pages');
}

function sites(): string {
  const values = SITES.map(
    (name, at) => `(${account}, '${name}', 'made-${at}', '{https://site-${at}.example}')`,
  );
  return `insert into sites (account_id, name, site_key, allowed_origins) values ${values}`;
}

const account = '(select min(id) from accounts)';

/** What is told of each session, by chance that is the same each time: one row for each. */
function drawn(count: number): string {
  return `
    create table drawn as
    with chance as (
      select at, md5(at::text) as hash,
        ('x' || substr(md5('a' || at), 1, 7))::bit(28)::int / 268435456.0 as a,
        ('x' || substr(md5('b' || at), 1, 7))::bit(28)::int / 268435456.0 as b,
        ('x' || substr(md5('c' || at), 1, 7))::bit(28)::int / 268435456.0 as c
      from generate_series(1, ${count}) at
    ), timed as (
      select *, (extract(epoch from now()) * 1000)::bigint
          - (at * (${DAYS - 1} * 86400000.0 / ${count}))::bigint - 3600000 as started_at_ms,
        (1 + 12 * a * a * a)::int as pages,
        (2000 + 3600000 * b * b * b)::bigint as duration_ms,
        (1 + 20000 * c * c)::int as person
      from chance
    )
    select *,
      overlay(overlay(lpad(to_hex(started_at_ms), 12, '0') || substr(hash, 1, 20)
        placing '7' from 13) placing '8' from 17)::uuid as id,
      (to_timestamp(started_at_ms / 1000.0) at time zone 'utc')::date as started_on,
      (1 + (pages - 1) / 3)::int as loads,
      (array['shop', 'orders', 'help', 'account', 'checkout', 'search'])[1 + at / 7 % 6] as folder,
      (select id from sites where site_key = 'made-' || (at % ${SITES.length})) as site_id
    from timed`;
}

const url = (number: string) =>
  `format('https://site-%s.example/%s/%s', at % 4, folder, ${number})`;
const title = (number: string) => `format('%s %s · The shop', initcap(folder), ${number})`;

const SESSIONS = `
  insert into sessions (account_id, started_on, id, site_id, visitor, user_name, started_at_ms,
    last_event_at_ms, seen_at_ms, first_event_ms, last_event_ms, ended_as, pages, messages, batches,
    events, clicks, inputs, raw_bytes, stored_bytes, first_url, last_url, title, last_page_at_ms,
    user_agent)
  select ${account}, started_on, id, site_id, decode(md5('visitor' || person), 'hex'),
    case when person % 3 = 0 then format('%s.%s@example.com',
      (array['ada', 'grace', 'linus', 'alan', 'mary', 'jean'])[1 + person / 3 % 6], person) end,
    started_at_ms, started_at_ms + duration_ms, started_at_ms + duration_ms, started_at_ms,
    started_at_ms + duration_ms, case when at % 2 = 0 then 'left' else 'idle' end, pages,
    loads * 40, loads * 38, (duration_ms / 400)::bigint, pages * 4, pages * 2, duration_ms * 3,
    duration_ms / 2, ${url('1')}, ${url('pages')}, ${title('pages')}, started_at_ms, 'Mozilla/5.0'
  from drawn`;

const STREAMS = `
  insert into streams (account_id, started_on, session_id, id, opened_at_ms, url, title, referrer,
    viewport_width, viewport_height, time_zone, sdk_version, policy_hash, user_agent, received,
    last_number)
  select ${account}, started_on, id, decode(substr(md5(id::text || load), 1, 16), 'hex'),
    started_at_ms + duration_ms * (load - 1) / loads, ${url('load * 3 - 2')},
    ${title('load * 3 - 2')}, '', 1280, 800, 'Europe/Berlin', '1.0.0', '\\x0000000000000000',
    'Mozilla/5.0', case when at % 50 = 0 then '{[1,20),[25,41)}' else '{[1,41)}' end::int8multirange,
    40
  from drawn, generate_series(1, loads) load`;

const PAGES = `
  insert into pages (account_id, started_on, session_id, stream_id, number, at_ms, received_at_ms,
    url, title, cause)
  select ${account}, started_on, id, decode(substr(md5(id::text || (1 + (page - 1) / 3)), 1, 16), 'hex'),
    (page - 1) % 3, started_at_ms + duration_ms * (page - 1) / pages,
    started_at_ms + duration_ms * (page - 1) / pages, ${url('page')}, ${title('page')},
    case when page % 3 = 1 then 'load' else 'push' end
  from drawn, generate_series(1, pages) page`;
