-- Databases that agents protect, each as it was last seen.
create table databases (
    site            uuid not null references sites (id),
    name            text not null check (name <> ''),
    seen            jsonb not null,
    seen_at         timestamptz not null,
    protected_since timestamptz,
    over_since      timestamptz,
    told            smallint not null default 0 check (told between 0 and 2),
    primary key (site, name)
);

-- What would have been lost, minute by minute, in seconds: the most that was seen in it; none where it was not known.
create table exposure (
    site    uuid not null,
    name    text not null,
    at      timestamptz not null,
    seconds bigint,
    primary key (site, name, at),
    foreign key (site, name) references databases on delete cascade
);
create index exposure_at on exposure (at);

-- Restores that were made to prove a recovery point, whole as the agent told of them.
create table proofs (
    id       uuid primary key,
    site     uuid not null references sites (id),
    name     text not null check (name <> ''),
    held     boolean not null,
    began_at timestamptz not null,
    evidence jsonb not null,
    heard_at timestamptz not null
);
create index proofs_of on proofs (site, name, began_at desc);
