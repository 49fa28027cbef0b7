-- What was recorded: each chunk is one zstd frame over a run of messages of one stream. Runs never
-- overlap, so the frames in the order of first_seq are the stream.
create table chunks (
    account_id bigint not null,
    started_on date not null,
    session_id uuid not null,
    stream_id bytea not null,
    first_seq bigint not null,
    last_seq bigint not null,
    -- the visitor's clock; null where no batch is within
    first_event_ms bigint,
    last_event_ms bigint,
    -- the server's clock on arrival of the last message within
    received_at_ms bigint not null,
    messages bigint not null,
    events bigint not null,
    -- bytes of the frame, inflated
    raw_bytes bigint not null,
    -- where in the inflated frame the first record with a keyframe begins; null without one
    keyframe_offset bigint,
    -- 1: zstd, window log at most 23
    codec smallint not null,
    dictionary_id bigint,
    -- where the body is kept when it is not here
    storage_key text,
    body bytea,
    primary key (account_id, started_on, session_id, stream_id, first_seq),
    check (body is not null or storage_key is not null)
) partition by range (started_on);

-- Already compressed: Postgres must not try again.
alter table chunks alter column body set storage external;

alter table chunks enable row level security;
alter table chunks force row level security;
create policy writer_any on chunks to footage_writer using (true) with check (true);
create policy staff_own on chunks to footage_staff
    using (account_id = footage_account()) with check (account_id = footage_account());
create policy jobs_any on chunks to footage_jobs using (true) with check (true);

grant select, insert on chunks to footage_writer;
grant select on chunks to footage_staff;
grant select, delete on chunks to footage_jobs;
