-- In which of a database's repositories something is done; in each of them where none is named.
alter table orders add column repository text;
