-- A stream is one page load within a session; numbers count per stream, from 1.
create table streams (
    account_id bigint not null,
    started_on date not null,
    session_id uuid not null,
    id bytea not null check (octet_length(id) = 8),

    -- what its hello said; opened_at_ms by the server's clock
    opened_at_ms bigint not null,
    navigated_from bytea check (octet_length(navigated_from) = 8),
    url text not null,
    title text not null,
    referrer text not null,
    viewport_width bigint not null,
    viewport_height bigint not null,
    time_zone text not null,
    sdk_version text not null,
    policy_hash bytea not null,
    user_agent text not null,

    -- numbers that are kept, and those a kept `gap` says will never come
    received int8multirange not null default '{}',
    -- the part of received that gaps name
    lost int8multirange not null default '{}',
    -- the number of its `end`, null while it may go on
    last_number bigint,
    primary key (account_id, started_on, session_id, id)
) partition by range (started_on);

alter table streams enable row level security;
alter table streams force row level security;
create policy writer_any on streams to footage_writer using (true) with check (true);
create policy staff_own on streams to footage_staff
    using (account_id = footage_account()) with check (account_id = footage_account());
create policy jobs_any on streams to footage_jobs using (true) with check (true);

grant select, insert, update on streams to footage_writer;
grant select on streams to footage_staff;
grant select, update, delete on streams to footage_jobs;
