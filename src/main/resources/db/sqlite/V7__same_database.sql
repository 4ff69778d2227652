-- What shows that this is the database that was written last, and its clock the one that was read last. Lock-step with
-- db/postgresql/V7__same_database.sql.

-- It rises with each heartbeat: what a session finds must not be less than what it wrote.
alter table session add column turn integer not null default 0;
-- Likewise with each save; it begins at random, because an epoch may be given out twice.
alter table stream_position add column turn integer not null default 0;

-- When the database's clock was last looked at, also while no session was open.
create table clock (
    one     integer primary key check (one = 1),
    seen_at integer not null
);

insert into clock (one, seen_at) values (1, 0);

-- The last start of a service on this database, as the file beside it names it.
create table store_start (
    one   integer primary key check (one = 1),
    token text    not null
);

insert into store_start (one, token) values (1, '');
