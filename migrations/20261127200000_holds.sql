-- What keeps old backups of a database from being removed, until a person lets go: an incident, a proof that
-- failed, or neither where a person wants it so.
create table holds (
    id          uuid primary key,
    site        uuid not null references sites (id),
    name        text not null check (name <> ''),
    incident    uuid references incidents (id),
    proof       uuid references proofs (id),
    since       timestamptz not null,
    placed_by   uuid references people (id),
    released_at timestamptz,
    released_by uuid references people (id),
    check (num_nonnulls(incident, proof, placed_by) = 1),
    check ((released_at is null) = (released_by is null))
);
create unique index holds_of_incident on holds (site, name, incident) where incident is not null;
create unique index holds_of_proof on holds (site, name, proof) where proof is not null;
create index holds_in_force on holds (site, name) where released_at is null;
