-- What was published to the public, and nothing else. The status page is made of these rows.

create table public_incidents (
    id         uuid primary key, -- the incident's own id; a drill never stands here
    title      text not null,
    since      timestamptz not null,
    ended_at   timestamptz,
    next_by    timestamptz
);

create table public_posts (
    id       uuid primary key,
    incident uuid not null references public_incidents (id),
    words    text not null check (words <> ''),
    at       timestamptz not null,
    author   uuid references people (id)
);
create index public_posts_incident on public_posts (incident, at);

-- `until` is null while the state lasts. No row at all: working.
create table component_states (
    id       bigint generated always as identity primary key,
    key      text not null,
    state    text not null check (state in ('down', 'slow')),
    incident uuid references public_incidents (id),
    from_at  timestamptz not null,
    until_at timestamptz
);
create unique index component_states_current on component_states (key, incident) where until_at is null;

-- Counts every change of the above, so that each replica knows when to make its page anew.
create table public_version (
    only_one boolean primary key default true check (only_one),
    version  bigint not null
);
insert into public_version (version) values (1);
