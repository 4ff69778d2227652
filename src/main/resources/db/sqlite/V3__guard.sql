-- The mass-deletion guard, and what the page plots. Lock-step with db/postgresql/V3__guard.sql.

alter table deletion add column approved_by text not null default ''; -- the person on whose word the guard lets it pass
alter table deletion add column called_at integer; -- when the call began that settled it

create table guard (
    one          integer primary key check (one = 1),
    tripped_at   integer, -- null while it is not tripped
    tripped_from integer, -- what became pending since is held
    relaxed_at   integer, -- until then, where it is over
    counted      integer not null default 0 -- at least as many as guard_contact holds of the window
);

insert into guard (one) values (1);

-- Who was deleted in the window, each once; a phone number by its HMAC. What is older is removed when the count matters.
create table guard_contact (
    identifier text    not null,
    provider   text    not null,
    kind       text    not null,
    at         integer not null, -- the last time
    primary key (identifier, provider, kind)
) without rowid;

create index guard_contact_at on guard_contact (at);

-- For plots only: what every process counted, added up a few seconds later.
create table history (
    minute   integer primary key, -- epoch milliseconds / 60,000
    accepted integer not null default 0,
    deleted  integer not null default 0,
    parked   integer not null default 0
);
