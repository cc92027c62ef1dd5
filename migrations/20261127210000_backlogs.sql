-- That the log which waits to be archived will fill its disk: what was told of it, 1 under four hours before, 2 under one.
alter table databases add column fills_told smallint not null default 0 check (fills_told between 0 and 2);
