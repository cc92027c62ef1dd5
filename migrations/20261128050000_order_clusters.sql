-- The identifier of the cluster that a person saw when asking for an order: its agent does it for no other.
alter table orders add column cluster text;
