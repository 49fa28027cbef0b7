-- Three roles that nobody logs in as; each pool of the node does `set role` to one of them.
--   footage_writer  stores recordings of any account
--   footage_staff   what the staff API does, confined to one account by row-level security
--   footage_jobs    periodic work over all accounts
-- Roles belong to the whole cluster: another database may make them at the same moment.
do $$
declare
    wanted text;
begin
    perform pg_advisory_xact_lock(hashtext('footage roles'));
    foreach wanted in array array['footage_writer', 'footage_staff', 'footage_jobs'] loop
        if not exists (select from pg_roles where rolname = wanted) then
            begin
                execute format('create role %I nologin', wanted);
                execute format('grant %I to current_user', wanted);
            exception when duplicate_object or unique_violation then
                null;
            end;
        end if;
        if not pg_has_role(current_user, wanted, 'member') then
            execute format('grant %I to current_user', wanted);
        end if;
    end loop;
end
$$;

grant usage on schema public to footage_writer, footage_staff, footage_jobs;

-- The account of the staff transaction (`set local app.account_id`), null when unset, so that
-- policies then let nothing through instead of failing.
create function footage_account() returns bigint
    language sql stable parallel safe
    return nullif(current_setting('app.account_id', true), '')::bigint;
