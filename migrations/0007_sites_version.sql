-- One number that grows with every committed change to sites, so that a node sees in one cheap
-- read whether its directory of sites is current. Its row lock makes changes follow each other.
create table sites_version (
    only_row boolean primary key default true check (only_row),
    version bigint not null
);
insert into sites_version (version) values (1);
grant select on sites_version to footage_writer, footage_staff, footage_jobs;

create function footage_sites_changed() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
    begin
        update sites_version set version = version + 1;
        return null;
    end
    $$;

create trigger sites_changed after insert or update or delete or truncate on sites
    for each statement execute function footage_sites_changed();
