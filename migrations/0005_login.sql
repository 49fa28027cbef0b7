-- The two questions asked before the account is known. They run as the owner, who is a member of
-- footage_jobs, and give exactly the row asked for.

-- Who logs in with this address.
create function footage_login(address text)
    returns table (user_id bigint, account_id bigint, account_name text, email text,
        password_hash text, superuser boolean)
    language sql stable security definer set search_path = pg_catalog, public, pg_temp
    as $$
        select u.id, u.account_id, a.name, u.email, u.password_hash, u.superuser
        from users u join accounts a on a.id = u.account_id
        where lower(u.email) = lower(address)
    $$;

-- Whose cookie this is; none when it expired or was unused for 12 hours. Remembers that it was
-- seen, at most once a minute.
create function footage_staff_session(hash bytea)
    returns table (user_id bigint, account_id bigint, account_name text, email text,
        superuser boolean)
    language sql volatile security definer set search_path = pg_catalog, public, pg_temp
    as $$
        update staff_sessions set last_seen_at = now()
        where id_hash = hash and expires_at > now()
            and last_seen_at between now() - interval '12 hours' and now() - interval '1 minute';

        select u.id, u.account_id, a.name, u.email, u.superuser
        from staff_sessions s
            join users u on u.account_id = s.account_id and u.id = s.user_id
            join accounts a on a.id = u.account_id
        where s.id_hash = hash and s.expires_at > now()
            and s.last_seen_at > now() - interval '12 hours'
    $$;

revoke execute on function footage_login(text), footage_staff_session(bytea) from public;
grant execute on function footage_login(text), footage_staff_session(bytea) to footage_staff;
