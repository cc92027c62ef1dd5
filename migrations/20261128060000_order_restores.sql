-- What is ordered about copies beside a database: the task whole, for which incident, and what the agent found.
alter table orders
    add column details  jsonb,
    add column incident uuid references incidents (id),
    add column answer   jsonb;
create index orders_of_incident on orders (incident, asked_at desc) where incident is not null;
