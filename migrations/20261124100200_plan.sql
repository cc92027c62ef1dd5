-- Revisions of the plan: immutable documents. Nothing here has a foreign key into a plan.
create table plan_revisions (
    number        integer primary key check (number > 0),
    document      bytea not null,
    digest        bytea not null check (octet_length(digest) = 32),
    format        integer not null,
    author        uuid references people (id),
    approved_by   text not null default '',
    note          text not null default '',
    in_force_from timestamptz not null,
    created_at    timestamptz not null
);
