-- What people have agents do. `since` is when the state began; what an agent says of one is kept apart, once.
create table orders (
    id       uuid primary key,
    site     uuid not null references sites (id),
    name     text not null check (name <> ''),
    task     text not null,
    asked_by uuid not null references people (id),
    asked_at timestamptz not null,
    state    text not null,
    since    timestamptz not null,
    heard    int not null default 0,
    words    text not null default ''
);
create index orders_of on orders (site, name, asked_at desc);
create index orders_ready on orders (site, asked_at) where state = 'ready';

create table order_events (
    order_id uuid not null references orders (id),
    seq      int not null check (seq > 0),
    state    text not null,
    words    text not null,
    at       timestamptz not null,
    heard_at timestamptz not null,
    primary key (order_id, seq)
);
