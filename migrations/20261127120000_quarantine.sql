-- A database that turned out to be an old copy sends and publishes nothing until an owner lets it.
alter table installation
    add column quarantined_at timestamptz,
    add column released_at    timestamptz;
