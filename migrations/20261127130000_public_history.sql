-- What the public page's history is made of.

-- Since when the page shows a component, by its key in the plan: what was before is unknown, not well.
-- One that is taken off the plan and comes back is known from then.
create table public_components (
    key   text primary key,
    since timestamptz not null
);
insert into public_components (key, since)
with revisions as (
    select number, in_force_from, convert_from(document, 'UTF8')::json -> 'component' as components from plan_revisions
), shown as (
    select number, in_force_from, component ->> 'key' as key from revisions, json_array_elements(components) component
    where coalesce((component ->> 'public')::boolean, true)
)
select key, min(in_force_from) from shown
where number > (select coalesce(max(number), 0) from revisions
                where not exists (select from shown other where other.number = revisions.number and other.key = shown.key))
group by key;

-- True: it was a false alarm, and the component never was in that state.
alter table component_states add column void boolean not null default false;

-- Names this installation's feed and its entries, wherever they are served.
alter table public_version add column identity uuid not null default gen_random_uuid();
