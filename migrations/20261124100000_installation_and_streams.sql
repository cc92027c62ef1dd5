-- What this installation is, and the chains of entries that say what happened in it.

-- One row: the key ring that seals this database. A ring with another fingerprint is refused.
create table installation (
    only_one         boolean primary key default true check (only_one),
    id               uuid not null,
    ring_fingerprint text not null,
    epoch            integer not null check (epoch > 0),
    created_at       timestamptz not null
);

-- The head of a chain. Appending locks it, takes the next number and updates it as the last
-- statement before commit, so that numbers are in the order of commits and have no gaps.
create table streams (
    id          uuid primary key,
    kind        text not null check (kind in ('incident', 'installation')),
    seq         bigint not null default 0 check (seq >= 0),
    hash        bytea not null check (octet_length(hash) = 32),
    recorded_at timestamptz -- of its last entry
);
create unique index streams_one_installation on streams (kind) where kind = 'installation';

-- Never changed, never removed. What was said lies in entry_bodies, which alone may be erased.
create table entries (
    stream      uuid not null references streams (id),
    seq         bigint not null check (seq > 0),
    id          uuid not null unique,
    kind        text not null,
    actor       text not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    body_digest bytea not null check (octet_length(body_digest) = 32),
    previous    bytea not null check (octet_length(previous) = 32),
    hash        bytea not null check (octet_length(hash) = 32),
    primary key (stream, seq)
);

create table entry_bodies (
    stream uuid not null,
    seq    bigint not null,
    salt   bytea not null check (octet_length(salt) = 16),
    body   bytea not null, -- the exact bytes that were digested: JSON, but never jsonb
    primary key (stream, seq),
    foreign key (stream, seq) references entries (stream, seq)
);

-- The host's clock against the database's, when it jumped: a fault to know of, not to hide.
create table clock_jumps (
    id         bigint generated always as identity primary key,
    noticed_at timestamptz not null,
    seconds    double precision not null
);
