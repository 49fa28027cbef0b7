-- An account is a tenant.
create table accounts (
    id bigint generated always as identity primary key,
    name text not null,
    created_at timestamptz not null default now()
);

alter table accounts enable row level security;
alter table accounts force row level security;
create policy writer_any on accounts for select to footage_writer using (true);
create policy staff_own on accounts for select to footage_staff using (id = footage_account());
create policy jobs_any on accounts to footage_jobs using (true) with check (true);

grant select on accounts to footage_writer, footage_staff;
grant select, insert, update, delete on accounts to footage_jobs;
