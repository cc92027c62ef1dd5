-- The report after an incident: made when it is closed, from the outline of the plan that it pins,
-- and written by several people. What they write is never merged blindly: a version counts changes.

create table post_mortems (
    incident    uuid primary key references incidents (id),
    state       text not null default 'draft' check (state in ('draft', 'reviewed', 'published')),
    state_by    uuid references people (id),
    state_since timestamptz not null,
    due_at      timestamptz not null,
    made_at     timestamptz not null
);

create table report_sections (
    incident  uuid not null references post_mortems (incident),
    place     smallint not null check (place > 0),
    heading   text not null,
    asks      text[] not null default '{}',
    words     text not null default '', -- Markdown
    version   integer not null default 1,
    edited_by uuid references people (id),
    edited_at timestamptz,
    primary key (incident, place)
);

create table action_items (
    id       uuid primary key, -- its entry's, too: made by the form
    incident uuid not null references post_mortems (incident),
    what     text not null check (what <> ''),
    owner    uuid references people (id),
    due_on   date,
    priority text not null default 'medium' check (priority in ('high', 'medium', 'low')),
    slot     text not null default '', -- key of a follow-up window of the plan
    done_at  timestamptz,
    done_by  uuid references people (id),
    version  integer not null default 1,
    constraint action_items_done check ((done_at is null) = (done_by is null))
);
create index action_items_incident on action_items (incident);

-- Entries that belong into the report. A mark of the reader's, not a thing that happened.
create table stars (
    incident uuid not null references incidents (id),
    seq      bigint not null,
    person   uuid not null references people (id),
    at       timestamptz not null,
    primary key (incident, seq)
);
