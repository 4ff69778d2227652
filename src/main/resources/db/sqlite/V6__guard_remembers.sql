-- A guard that remembers, and a pause that lasts. Lock-step with db/postgresql/V6__guard_remembers.sql.

-- Until when a person has opened the guard: what comes until then passes by their word.
alter table guard add column open_until integer;
alter table guard add column opened_by text not null default '';

-- Why a deletion is held, where that is not the guard: what is held and has no row here, the guard holds.
create table held (
    deletion integer primary key,
    reason   text    not null -- merge, not_visible
);

-- While there is a row no process of this database makes a call.
create table pause (
    one       integer primary key check (one = 1),
    since     integer not null,
    paused_by text not null
);
