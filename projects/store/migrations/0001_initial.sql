-- "Attn": tells a project from the databases of other programs.
pragma application_id = 0x4174746e;

create table settings (
	key   text primary key,
	value text not null
) strict, without rowid;

-- What was done to the examples, in order. Undone events stay, to be redone,
-- until something else is done instead.
create table events (
	id    integer primary key,
	title text    not null,  -- in words: "import of tickets.csv"
	done  integer not null check (done in (0, 1)),
	state text    not null,  -- digest of this and all events before it
	at    integer not null   -- Unix milliseconds
) strict;

-- Files that were imported. Their examples have the ids from first to last.
create table sources (
	id       integer primary key,
	event    integer not null references events (id) on delete cascade,
	file     text    not null,
	columns  text    not null, -- JSON array: names of the values in examples.others
	first    integer not null,
	last     integer not null
) strict;

-- Each combination of labels once, as a sorted JSON array; never changed.
create table label_sets (
	id     integer primary key,
	labels text not null unique
) strict;
insert into label_sets values (0, '[]');

-- What changes often is kept apart from the texts, which are long: to split a
-- million examples anew rewrites 30 MB, not the whole file, and counts read no
-- more than that.
create table examples (
	id         integer primary key,
	source     integer not null references sources (id) on delete cascade,
	source_row integer not null,
	words      integer not null, -- length of the text
	given      text    not null check (given in ('', 'train', 'validation', 'test', 'unlabelled')), -- the split that its file gave
	split      text    not null check (split in ('', 'train', 'validation', 'test', 'unlabelled')),
	labels     integer not null references label_sets (id),
	hidden     integer not null check (hidden in (0, 1)) -- deleted, or its import undone
) strict;

create table contents (
	id     integer primary key references examples (id) on delete cascade,
	text   text not null,
	pair   text not null,
	target text not null,
	spans  text not null, -- JSON array, or ''
	others text not null  -- JSON array: the values of the columns without a role, or ''
) strict;

-- What an event did to single values of examples. Examples are not referenced:
-- they leave only together with the event that brought them, and all later ones.
create table changes (
	event   integer not null references events (id) on delete cascade,
	field   text    not null, -- a column of examples
	example integer not null,
	before  any     not null,
	after   any     not null,
	primary key (event, field, example)
) strict, without rowid;

create table runs (
	number      integer primary key autoincrement, -- a number is never given twice
	status      text    not null,
	base        text    not null,
	preset      text    not null,
	techniques  text    not null, -- JSON array
	settings    text    not null, -- JSON object
	seed        integer not null,
	threads     integer not null,
	started     integer,          -- Unix milliseconds
	ended       integer,
	step        integer not null,
	steps       integer not null,
	best_step   integer not null,
	epoch       real    not null,
	samples     integer not null,
	seconds     real    not null,
	main        text    not null, -- the measure by which the best model is kept
	score       real,             -- its value at best_step
	baseline    text    not null, -- JSON object
	stopped     text    not null,
	error       text    not null,
	verdict     text    not null,
	data_hash   text    not null
) strict;

create table measures (
	run   integer not null references runs (number) on delete cascade,
	step  integer not null,
	split text    not null,
	name  text    not null,
	epoch real    not null,
	value real,             -- null: not a number
	primary key (run, step, split, name)
) strict, without rowid;

create table reports (
	run  integer not null references runs (number) on delete cascade,
	key  text    not null,
	json text    not null,
	primary key (run, key)
) strict, without rowid;
