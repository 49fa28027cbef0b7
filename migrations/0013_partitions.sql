-- Makes the partitions of one day where they are missing and says how many it made. It runs as the
-- owner, because the writer, who may have to store a session of any day, may not create tables.
-- A partition is made beside its parent and attached: that lock lets readers and writers go on.
create function footage_ensure_partitions(day date) returns bigint
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp
    as $$
    declare
        parent text;
        child text;
        made bigint := 0;
    begin
        perform pg_advisory_xact_lock(hashtext('footage partitions'));
        foreach parent in array array['sessions', 'streams', 'pages', 'gaps', 'chunks'] loop
            child := parent || to_char(day, '"_"YYYYMMDD');
            continue when to_regclass('public.' || child) is not null;
            execute format('create table public.%I (like public.%I including all)', child, parent);
            execute format('alter table public.%I attach partition public.%I for values from (%L) to (%L)',
                parent, child, day, day + 1);
            made := made + 1;
        end loop;
        return made;
    end
    $$;

revoke execute on function footage_ensure_partitions(date) from public;
grant execute on function footage_ensure_partitions(date) to footage_writer, footage_jobs;
