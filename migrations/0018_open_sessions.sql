-- The sessions that are open, for the sweep that ends idle ones. No index has a column that changes
-- while a session goes on, so that writing on in it touches no index at all; of the few that are open
-- the sweep looks at each.
create index sessions_not_ended on sessions (started_on) where ended_as is null;
drop index sessions_open;
