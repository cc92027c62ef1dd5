-- What is not done is counted each time that somebody scrapes or looks; what is done outnumbers it by far.
create index jobs_not_done on jobs (state, kind) where state <> 'done';
