-- The example that this is a further part of, which shows the first part itself; 0 for
-- one that came from a file.
alter table examples add column origin integer not null default 0;
create index examples_by_origin on examples (origin) where origin <> 0;
