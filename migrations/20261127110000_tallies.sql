-- How often something was done or tried within a window of time, by whom or at what. Subjects that
-- could name an address are keyed hashes.
create table tallies (
    subject      bytea not null,
    window_start timestamptz not null,
    count        integer not null check (count > 0),
    last_at      timestamptz not null,
    primary key (subject, window_start)
);
create index tallies_window on tallies (window_start);
