-- Whether texts are at most so many, each of at most so many bytes, and none is null.
create function footage_texts_fit(texts text[], number_max bigint, bytes_max bigint)
    returns boolean
    language sql immutable parallel safe
    return cardinality(texts) <= number_max and not exists (
        select from unnest(texts) as one (value)
        where value is null or octet_length(value) > bytes_max
    );

-- A site is one web site of an account, named in its pages by a public key.
create table sites (
    account_id bigint not null references accounts (id) on delete cascade,
    id bigint generated always as identity unique,
    name text not null,
    site_key text not null unique check (octet_length(site_key) between 1 and 64),
    -- `{*}` is any origin
    allowed_origins text[] not null default '{*}'
        check (footage_texts_fit(allowed_origins, 64, 255)),
    keep_query boolean not null default false,
    -- the wire's `selectors_max` and `value_bytes_max`
    mask_selectors text[] not null default '{}'
        check (footage_texts_fit(mask_selectors, 64, 1024)),
    block_selectors text[] not null default '{}'
        check (footage_texts_fit(block_selectors, 64, 1024)),
    -- a policy fits into what is queued for one recorder at most, 64 KiB
    check (octet_length(array_to_string(mask_selectors || block_selectors, '')) <= 32 * 1024),
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
