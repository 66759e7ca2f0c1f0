-- Which models were scored on which test rows, which are known by their digest.
create table looks (
	test text    not null,
	run  integer not null,
	at   integer not null, -- Unix milliseconds, of the first time
	primary key (test, run)
) strict, without rowid;
