-- A browser in which staff are logged in. Only the SHA-256 of the cookie's id is kept.
create table staff_sessions (
    id_hash bytea primary key check (octet_length(id_hash) = 32),
    account_id bigint not null,
    user_id bigint not null,
    created_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    expires_at timestamptz not null,
    user_agent text not null default '',
    foreign key (account_id, user_id) references users (account_id, id) on delete cascade
);

create index staff_sessions_user on staff_sessions (account_id, user_id);
create index staff_sessions_expiry on staff_sessions (expires_at);

alter table staff_sessions enable row level security;
alter table staff_sessions force row level security;
create policy staff_own on staff_sessions to footage_staff
    using (account_id = footage_account()) with check (account_id = footage_account());
create policy jobs_any on staff_sessions to footage_jobs using (true) with check (true);

grant select, insert, update, delete on staff_sessions to footage_staff, footage_jobs;
