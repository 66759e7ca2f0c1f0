-- The steps of cleaning that an event set. Those of the last done event hold.
create table recipes (
	event integer primary key references events (id) on delete cascade,
	steps text    not null -- JSON array, [] for none
) strict;

-- What cleaning made of texts. Those that were imported stay in contents.
create table cleaned (
	id      integer primary key,
	event   integer not null references events (id) on delete cascade,
	example integer not null references examples (id) on delete cascade,
	text    text not null,
	pair    text not null,
	spans   text not null -- JSON array, or ''
) strict;
create index cleaned_by_event on cleaned (event);
create index cleaned_by_example on cleaned (example);

-- Where an example's texts stand in cleaned; 0 for as they were imported. Events
-- change it.
alter table examples add column cleaned integer not null default 0;
