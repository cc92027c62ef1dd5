-- Hosts where agents work. A site outlives its agent: whoever joins next with a code of the site takes its place.
create table sites (
    id             uuid primary key,
    name           text not null check (name <> ''),
    created_at     timestamptz not null,
    retired_at     timestamptz,
    agent_key      bytea check (length(agent_key) = 32),
    joined_at      timestamptz,
    run            uuid,
    seen_at        timestamptz,
    facts          jsonb,
    facts_at       timestamptz,
    facts_asked_at timestamptz,
    clock_ahead_ms bigint,
    silence_told_at timestamptz,
    double_told_at timestamptz,
    constraint sites_joined_with_key check ((agent_key is null) = (joined_at is null)),
    constraint sites_facts_have_time check ((facts is null) = (facts_at is null))
);
create unique index sites_name on sites (lower(name)) where retired_at is null;

-- Codes that let one agent in, once; as hashes alone.
create table join_codes (
    hash       bytea primary key check (length(hash) = 32),
    site       uuid not null references sites (id),
    created_by uuid not null references people (id),
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at    timestamptz
);
create index join_codes_site on join_codes (site) where used_at is null;

-- Since when some worker has looked at least each minute: who was not there has heard nobody.
alter table worker_turns add column unbroken_since timestamptz;
