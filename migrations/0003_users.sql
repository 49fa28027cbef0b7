-- A user is a person of the staff of one account.
create table users (
    account_id bigint not null references accounts (id) on delete cascade,
    id bigint generated always as identity unique,
    email text not null,
    -- argon2id in PHC form; it carries its own parameters
    password_hash text not null,
    superuser boolean not null default false,
    created_at timestamptz not null default now(),
    primary key (account_id, id)
);

-- One person, one login, however the address is written.
create unique index users_email on users (lower(email));

alter table users enable row level security;
alter table users force row level security;
create policy staff_own on users to footage_staff
    using (account_id = footage_account()) with check (account_id = footage_account());
create policy jobs_any on users to footage_jobs using (true) with check (true);

-- Staff never read a hash: `footage_login` below is the only way to one.
grant select (account_id, id, email, superuser, created_at), update (password_hash)
    on users to footage_staff;
grant select, insert, update, delete on users to footage_jobs;
