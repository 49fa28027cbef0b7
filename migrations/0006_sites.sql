-- A site is one web site of an account, named in its pages by a public key.
create table sites (
    account_id bigint not null references accounts (id) on delete cascade,
    id bigint generated always as identity unique,
    name text not null,
    site_key text not null unique check (octet_length(site_key) between 1 and 64),
    -- `{*}` is any origin
    allowed_origins text[] not null default '{*}',
    keep_query boolean not null default false,
    mask_selectors text[] not null default '{}',
    block_selectors text[] not null default '{}',
    -- the shop under /demo/; its origin follows FOOTAGE_PUBLIC_URL
    demo boolean not null default false,
    created_at timestamptz not null default now(),
    primary key (account_id, id)
);

create unique index sites_demo on sites (demo) where demo;

alter table sites enable row level security;
alter table sites force row level security;
create policy writer_any on sites for select to footage_writer using (true);
create policy staff_own on sites to footage_staff
    using (account_id = footage_account()) with check (account_id = footage_account());
create policy jobs_any on sites to footage_jobs using (true) with check (true);

grant select on sites to footage_writer;
grant select, insert, update, delete on sites to footage_staff, footage_jobs;
