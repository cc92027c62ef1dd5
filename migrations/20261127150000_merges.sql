-- One outage that was declared twice: an incident is merged into another, which goes on for both. A
-- link, never a deletion. To an earlier release a merged incident is a closed one.

alter table incidents add column merged_into uuid references incidents (id);
alter table incidents add constraint incidents_merged_is_over
    check (merged_into is null or (phase = 'closed' and merged_into <> id));
create index incidents_merged on incidents (merged_into) where merged_into is not null;

create table merges (
    id          uuid primary key, -- made by the form; its entry's on the merged one's timeline, too
    incident    uuid not null references incidents (id),
    target      uuid not null references incidents (id),
    merged_at   timestamptz not null,
    merged_by   uuid not null references people (id),
    -- How it stood, and what came over to the target, so that an Undo brings both back.
    phase       text not null,
    phase_since timestamptz not null,
    brought     jsonb not null,
    undone_at   timestamptz
);
create unique index merges_that_stand on merges (incident) where undone_at is null;
