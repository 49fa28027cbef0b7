-- The sessions of one site, newest first. The id of a session begins with the moment it started, so
-- that (started_on, id) is the order of time, which is also the order of partitions: whoever wants
-- the newest few opens the newest partitions only. The primary key does the same for an account,
-- where sessions_list had to look into every partition.
create index sessions_of_site on sessions (account_id, site_id, started_on, id);
drop index sessions_list;
