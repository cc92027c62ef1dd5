-- Each page of an incident asks for its corrections; without this it read the whole timeline to find few.

create index entries_of_kind on entries (stream, kind, seq);
