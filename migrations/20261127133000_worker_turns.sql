-- When a worker last looked for work, in the database's time. After an hour of silence what waits goes
-- out as one digest a person; and a clock that was set back is known by a time that is still to come.
create table worker_turns (
    one     boolean primary key default true check (one),
    last_at timestamptz not null
);

-- The mail that stands for a delivery: its own id, or that of the one that is sent. What had waited and
-- was withdrawn is told in it; what belongs to a message of the reason `digest` goes with it.
alter table deliveries add column digest uuid references deliveries (id);
create index deliveries_digest on deliveries (digest) where digest is not null;
