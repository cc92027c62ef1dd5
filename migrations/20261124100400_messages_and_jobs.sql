-- Outbox: what is to leave, to whom, and every attempt to send it.

create table messages (
    id         uuid primary key,
    incident   uuid references incidents (id),
    kind       text not null check (kind in ('page', 'notice', 'alarm', 'test')),
    reason     text not null,
    facts      jsonb not null default '{}',
    created_at timestamptz not null,
    settled_at timestamptz
);
create index messages_incident on messages (incident, created_at);

create table deliveries (
    id         uuid primary key,
    message    uuid not null references messages (id),
    person     uuid references people (id),
    method     uuid references contact_methods (id),
    channel    text not null check (channel in ('mail', 'phone', 'sms')),
    address    text not null,
    rank       smallint not null default 1,
    state      text not null
               check (state in ('held', 'waiting', 'sending', 'sent', 'failed', 'withdrawn')),
    send_at    timestamptz not null,
    settled_at timestamptz,
    problem    text
);
create index deliveries_message on deliveries (message);
create index deliveries_person on deliveries (person);

-- Insert-only, a row before and a row after each send, so that a doubled page shows both.
create table attempts (
    delivery uuid not null references deliveries (id),
    number   smallint not null,
    moment   text not null check (moment in ('begun', 'ended')),
    at       timestamptz not null,
    outcome  text check (outcome in ('sent', 'temporary', 'permanent', 'unknown')),
    words    text not null default '',
    primary key (delivery, number, moment),
    constraint attempts_outcome_at_end check ((moment = 'ended') = (outcome is not null))
);

-- Durable work: one row per job, kept after it ends so that owners can read what happened.
-- A worker owns a running job only until `lease_until`; a lapsed lease may be claimed again.
create table jobs (
    id          uuid primary key,
    kind        text not null,
    args        jsonb not null,
    channel     text not null default '',
    priority    smallint not null default 5,
    dedup_key   text,
    state       text not null default 'ready' check (state in ('ready', 'running', 'done', 'dead')),
    attempt     smallint not null default 0 check (attempt >= 0),
    run_at      timestamptz not null,
    lease_until timestamptz,
    last_error  text,
    created_at  timestamptz not null,
    finished_at timestamptz,
    constraint jobs_lease_while_running check ((state = 'running') = (lease_until is not null)),
    constraint jobs_finished_at_end check ((state in ('done', 'dead')) = (finished_at is not null))
);
create index jobs_claimable on jobs (priority, run_at, id) where state = 'ready';
create index jobs_leases on jobs (lease_until) where state = 'running';
create unique index jobs_dedup on jobs (kind, dedup_key) where state in ('ready', 'running');
