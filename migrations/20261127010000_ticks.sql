-- Steps of the runbooks and items of the checklists that an incident's plan has, ticked or passed
-- over. A number is good as a key here: the revision that an incident pins never changes. `id` is
-- the entry's that says so, made by the form.

create table ticks (
    incident uuid not null references incidents (id),
    key      text not null, -- `runbook.KEY.step.3`, `checklist.KEY.item.2`
    id       uuid not null unique,
    person   uuid not null references people (id),
    at       timestamptz not null,
    passed   text check (passed <> ''), -- the reason; none: it is done
    primary key (incident, key)
);
