-- Events that brought a changed file again: what they hid was replaced by what they
-- added, or is no longer in the file.
create table updates (
	event integer primary key references events (id) on delete cascade
) strict;
