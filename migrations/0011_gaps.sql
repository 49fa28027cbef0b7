-- Numbers of a stream that will never come, and why: what a `gap` message said.
create table gaps (
    account_id bigint not null,
    started_on date not null,
    session_id uuid not null,
    stream_id bytea not null,
    -- the gap message's own number
    number bigint not null,
    first_seq bigint not null,
    last_seq bigint not null,
    cause text not null check (cause in ('no_room', 'limit', 'too_large', 'not_recorded')),
    -- events the recorder dropped
    events bigint not null,
    at_ms bigint not null,
    primary key (account_id, started_on, session_id, stream_id, number)
) partition by range (started_on);

alter table gaps enable row level security;
alter table gaps force row level security;
create policy writer_any on gaps to footage_writer using (true) with check (true);
create policy staff_own on gaps to footage_staff
    using (account_id = footage_account()) with check (account_id = footage_account());
create policy jobs_any on gaps to footage_jobs using (true) with check (true);

grant select, insert on gaps to footage_writer;
grant select on gaps to footage_staff;
grant select, delete on gaps to footage_jobs;
