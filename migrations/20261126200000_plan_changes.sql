-- How many things a revision changed, its people's included: those are not in the document, so it
-- can't be counted afterwards. Unknown for what was brought in before.
alter table plan_revisions add column changes integer
    constraint plan_revisions_changes check (changes >= 0);
