-- What an owner would have the owner of a host allow: a block of that host's agent.toml, typed. Muster does nothing
-- by it; the agent's command asks for those that are open, and says what the host's owner answered.
create table drafts (
    id      uuid primary key,
    site    uuid not null references sites (id),
    draft   jsonb not null,
    made_by uuid not null references people (id),
    made_at timestamptz not null,
    state   text not null default 'open',
    since   timestamptz not null
);
create index drafts_of on drafts (site, made_at desc);
