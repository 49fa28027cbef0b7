-- The days from `first` to `last`, counted from 1970-01-01, that have a partition, newest first: who
-- searches far back plans for these, a few at a time.
create function footage_days(first int, last int) returns setof int
    language sql stable set search_path = pg_catalog, public, pg_temp
    as $$
        select day from (
            select to_date(right(child.relname, 8), 'YYYYMMDD') - date '1970-01-01' as day
            from pg_inherits i join pg_class child on child.oid = i.inhrelid
            where i.inhparent = 'public.sessions'::regclass
        ) as days
        where day between first and last
        order by day desc
    $$;

revoke execute on function footage_days(int, int) from public;
grant execute on function footage_days(int, int) to footage_staff;
