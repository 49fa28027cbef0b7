-- A session is one visit in one tab. Its id is a UUIDv7 and started_on the UTC day inside the id,
-- so that every look-up by id touches one partition. No foreign keys: what a journal still holds
-- must find its place whatever happened to the site meanwhile.
create table sessions (
    account_id bigint not null,
    started_on date not null,
    id uuid not null,
    site_id bigint not null,
    -- the pseudonymous browser
    visitor bytea not null check (octet_length(visitor) = 16),
    -- what `identify` said last
    user_name text,
    identified_at_ms bigint,

    -- the server's clock, ms since 1970: the moment inside the id
    started_at_ms bigint not null,
    -- the server's clock at the latest message
    last_event_at_ms bigint not null,
    -- the server's clock when a socket was last open
    seen_at_ms bigint not null,
    -- the visitor's clock, of the first and last event; null before the first batch
    first_event_ms bigint,
    last_event_ms bigint,
    duration_ms bigint not null
        generated always as (coalesce(last_event_ms - first_event_ms, 0)) stored,
    -- null while open
    ended_as text check (ended_as in ('left', 'idle', 'limit', 'stopped')),

    pages bigint not null default 0,
    -- numbered messages kept, and those of them that are batches
    messages bigint not null default 0,
    batches bigint not null default 0,
    events bigint not null default 0,
    clicks bigint not null default 0,
    inputs bigint not null default 0,
    errors bigint not null default 0,
    -- bytes of every numbered message kept, of a batch its inflated payload, of another as it came;
    -- and bytes of the compressed chunks
    raw_bytes bigint not null default 0,
    stored_bytes bigint not null default 0,

    first_url text not null default '',
    last_url text not null default '',
    title text not null default '',
    last_page_at_ms bigint not null default 0,
    user_agent text not null default '',
    primary key (account_id, started_on, id)
) partition by range (started_on);

-- The list of an account, newest first.
create index sessions_list on sessions (account_id, started_at_ms desc, id desc);
-- The sweep that ends idle sessions.
create index sessions_open on sessions (seen_at_ms) where ended_as is null;

alter table sessions enable row level security;
alter table sessions force row level security;
create policy writer_any on sessions to footage_writer using (true) with check (true);
create policy staff_own on sessions to footage_staff
    using (account_id = footage_account()) with check (account_id = footage_account());
create policy jobs_any on sessions to footage_jobs using (true) with check (true);

grant select, insert, update on sessions to footage_writer;
grant select on sessions to footage_staff;
grant select, update, delete on sessions to footage_jobs;
