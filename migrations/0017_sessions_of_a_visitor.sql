-- Every visit of one browser, newest first, however long ago.
create index sessions_of_visitor on sessions (account_id, visitor, started_on, id);
