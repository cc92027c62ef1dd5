-- Incidents and what stands on them. Roles, functions, components are keys of the pinned plan.

create table incidents (
    id               uuid primary key,
    kind             text not null check (kind in ('real', 'drill')),
    level            smallint not null check (level between 1 and 4),
    phase            text not null default 'declared'
                     check (phase in ('declared', 'recovering', 'stable', 'closed', 'false-alarm')),
    revision         integer not null references plan_revisions (number),
    title            text not null check (title <> ''),
    public_title     text not null default '',
    impact_start     timestamptz not null,
    impact_confirmed boolean not null default false,
    detected_at      timestamptz,
    declared_at      timestamptz not null,
    declared_by      uuid not null references people (id),
    answered_at      timestamptz,
    recovered_at     timestamptz,
    phase_since      timestamptz not null,
    ended_at         timestamptz,
    reopened_at      timestamptz,
    commander        uuid references people (id),
    commander_since  timestamptz,
    -- Sending is held until then and can be undone; `raised_from` is the level an Undo returns to.
    held_until       timestamptz,
    raised_from      smallint check (raised_from between 1 and 4),
    version          integer not null default 1,
    constraint incidents_end check ((phase in ('closed', 'false-alarm')) = (ended_at is not null)),
    constraint incidents_commander check ((commander is null) = (commander_since is null))
);
create index incidents_open on incidents (declared_at) where ended_at is null;

-- Functions and components that are down: `function.KEY`, `component.KEY`, or `incident` itself.
create table affected (
    incident    uuid not null references incidents (id),
    key         text not null,
    state       text not null default 'down' check (state in ('down', 'slow')),
    since       timestamptz not null,
    restored_at timestamptz,
    primary key (incident, key)
);

-- A person holding a role in an incident.
create table duties (
    id       uuid primary key,
    incident uuid not null references incidents (id),
    role_key text not null,
    person   uuid not null references people (id),
    since    timestamptz not null,
    until    timestamptz
);
create unique index duties_one_holder on duties (incident, role_key) where until is null;
create index duties_person on duties (person) where until is null;

-- Each paged role is a chain of its own. `answered_by` ends it; `round` counts fresh starts.
create table chains (
    incident    uuid not null references incidents (id),
    role_key    text not null,
    step        smallint not null default 0,
    started_at  timestamptz not null,
    answered_by uuid references people (id),
    exhausted   boolean not null default false,
    primary key (incident, role_key)
);

-- How each person who was paged stands. The latest answer holds.
create table responders (
    incident     uuid not null references incidents (id),
    person       uuid not null references people (id),
    roles        text[] not null,
    paged_at     timestamptz not null,
    answer       text check (answer in ('have', 'cannot', 'call')),
    answered_at  timestamptz,
    active_at    timestamptz,
    called_at    timestamptz,
    call_outcome text check (call_outcome in ('reached', 'no-answer', 'wrong-number')),
    primary key (incident, person),
    constraint responders_answer_has_time check ((answer is null) = (answered_at is null))
);

create table tasks (
    id         uuid primary key,
    incident   uuid not null references incidents (id),
    entry_seq  bigint not null,
    words      text not null,
    person     uuid references people (id),
    due_at     timestamptz not null,
    done_at    timestamptz
);
create index tasks_open on tasks (incident, due_at) where done_at is null;

-- What was told to whom, by hand: an audience of the plan.
create table tellings (
    id       uuid primary key,
    incident uuid not null references incidents (id),
    audience text not null,
    told_at  timestamptz not null,
    told_by  uuid references people (id)
);
create index tellings_incident on tellings (incident, audience, told_at);

-- Timers. A row fires once, across servers and restarts, because firing is an update of it.
create table clocks (
    incident   uuid not null references incidents (id),
    kind       text not null,
    key        text not null default '',
    generation integer not null default 0,
    due_at     timestamptz not null,
    fired_at   timestamptz,
    done_at    timestamptz,
    primary key (incident, kind, key, generation)
);
create index clocks_due on clocks (due_at) where fired_at is null and done_at is null;
