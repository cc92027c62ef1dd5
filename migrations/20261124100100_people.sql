-- The roster: always current, never pinned. And the accounts of those who sign in.

create table people (
    id          uuid primary key,
    key         text not null unique check (key ~ '^[a-z0-9][a-z0-9-]*$'),
    name        text not null check (name <> ''),
    title       text not null default '',
    zone        text not null default '',
    disabled_at timestamptz,
    created_at  timestamptz not null,
    version     integer not null default 1
);

-- A method that came with a plan is "given": paged after the verified ones.
create table contact_methods (
    id            uuid primary key,
    person        uuid not null references people (id),
    channel       text not null check (channel in ('mail', 'phone', 'sms')),
    address       text not null check (address <> ''),
    rank          smallint not null default 1 check (rank between 1 and 9),
    verified_at   timestamptz,
    failing_since timestamptz,
    removed_at    timestamptz,
    created_at    timestamptz not null
);
create unique index contact_methods_once on contact_methods (person, channel, address)
    where removed_at is null;

-- `seal` binds person, rights and version to the key ring: a row written by someone who holds
-- only the database is refused.
create table accounts (
    person          uuid primary key references people (id),
    email           text not null,
    password_hash   text,
    rights          text[] not null default '{}',
    seal            bytea not null,
    version         integer not null default 1,
    disabled_at     timestamptz,
    last_sign_in_at timestamptz,
    created_at      timestamptz not null
);
create unique index accounts_email on accounts (lower(email));

-- One row each time the right to approve was granted; its fingerprint changes only then.
create table grants (
    id           uuid primary key,
    person       uuid not null references people (id),
    granted_at   timestamptz not null,
    granted_by   uuid references people (id),
    suspended_at timestamptz,
    revoked_at   timestamptz
);
create unique index grants_one_standing on grants (person) where revoked_at is null;

create table sessions (
    token_hash    bytea primary key check (octet_length(token_hash) = 32),
    person        uuid not null references people (id),
    created_at    timestamptz not null,
    seen_at       timestamptz not null,
    stepped_up_at timestamptz not null
);
create index sessions_person on sessions (person);

-- One-time links: set-up, invitation, reset. Links in pages are derived, and stand nowhere.
create table links (
    token_hash bytea primary key check (octet_length(token_hash) = 32),
    purpose    text not null check (purpose in ('set-up', 'invite', 'reset')),
    person     uuid references people (id),
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at    timestamptz,
    constraint links_name_their_person check ((purpose = 'set-up') = (person is null))
);
create index links_person on links (person);

-- Failed sign-ins are counted, not written to the timeline one by one.
create table sign_in_failures (
    subject      bytea not null, -- a keyed hash of the address typed
    window_start timestamptz not null,
    failures     integer not null check (failures > 0),
    noted        boolean not null default false,
    primary key (subject, window_start)
);

-- Third parties' secrets, sealed by the key ring; pages write them and never show them.
create table secrets (
    name       text primary key,
    sealed     bytea not null,
    updated_at timestamptz not null,
    updated_by uuid references people (id)
);
create table settings (
    name       text primary key,
    value      text not null,
    updated_at timestamptz not null,
    updated_by uuid references people (id)
);
