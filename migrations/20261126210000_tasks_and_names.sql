-- Who pressed "done" on a task; none for those of an older release.
alter table tasks add column done_by uuid references people (id);
create index tasks_incident on tasks (incident, entry_seq);

-- Whom somebody named for a role that nobody had; they were paged out of turn.
alter table chains add column named uuid references people (id);
