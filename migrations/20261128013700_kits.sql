-- Server kits that were made, and where the sheets of all kits lie, as people said. Nothing here opens a kit.
create table server_kits (
    number           text primary key check (number ~ '^[0-9A-F]{4}-[0-9A-F]{4}$'),
    ring_fingerprint text not null,
    copies           text[] not null,
    made_at          timestamptz not null,
    proved_at        timestamptz
);

-- Without a site it is the server kit's. What was said last counts; what was said before stays on record.
create table kit_sheets (
    id      uuid primary key,
    site    uuid references sites (id),
    number  text not null check (number <> ''),
    place   text not null check (place <> ''),
    said_by uuid not null references people (id),
    said_at timestamptz not null
);
create index kit_sheets_of on kit_sheets (number, said_at);
