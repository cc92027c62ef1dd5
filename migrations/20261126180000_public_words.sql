-- Public incidents and posts are counted, so that the public names them without the incident's own
-- id, and posts stand in the order in which they went out, whatever the clock did. A post may correct
-- an earlier one; `digest` is that of the form that sent it, so that a second press is known again.

alter table public_incidents add column number bigint generated always as identity;
create unique index public_incidents_number on public_incidents (number);

alter table public_posts add column number bigint generated always as identity;
alter table public_posts add column corrects uuid references public_posts (id);
alter table public_posts add column digest bytea;
create unique index public_posts_number on public_posts (number);
create unique index public_posts_corrected_once on public_posts (corrects);
