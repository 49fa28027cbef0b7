-- Pages a visitor saw: number 0 is the page load itself, others are the numbers of the `page`
-- messages (pushState and the like).
create table pages (
    account_id bigint not null,
    started_on date not null,
    session_id uuid not null,
    stream_id bytea not null,
    number bigint not null,
    -- the visitor's clock; of a page load the server's
    at_ms bigint not null,
    -- the server's clock on arrival
    received_at_ms bigint not null,
    url text not null,
    title text not null,
    cause text not null check (cause in ('load', 'push', 'replace', 'history', 'hash')),
    primary key (account_id, started_on, session_id, stream_id, number)
) partition by range (started_on);

alter table pages enable row level security;
alter table pages force row level security;
create policy writer_any on pages to footage_writer using (true) with check (true);
create policy staff_own on pages to footage_staff
    using (account_id = footage_account()) with check (account_id = footage_account());
create policy jobs_any on pages to footage_jobs using (true) with check (true);

grant select, insert, update on pages to footage_writer;
grant select on pages to footage_staff;
grant select, delete on pages to footage_jobs;
