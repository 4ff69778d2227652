-- Sweeps, restorations, and what a subscriber says of itself. Lock-step with db/postgresql/V2__sweep.sql.

alter table deletion add column note text not null default ''; -- merged into 003…
-- Of a claimed row: the UNDELETE that came meanwhile. It is cancelled when its call fails.
alter table deletion add column restored text not null default '';

-- What an event of the stream may adopt. Statements must say both conditions in these words to be led here.
create index deletion_swept on deletion (identifier, record_list) where origin = 'sweep' and state in ('pending', 'held');

alter table stream_position add column seen_at integer not null default 0; -- the subscriber's own heartbeat

alter table record_list add column reconciled_at integer;

-- Until when every deletion is proven to be in the inbox, and the sweeps that are owed: those demanded, but not answered.
create table sweep (
    one            integer primary key check (one = 1),
    covered_until  integer, -- by Salesforce's clock; null until the first begin
    demanded       integer not null default 0,
    answered       integer not null default 0,
    position_lost  integer not null default 0, -- the newest demand because of a lost position; 0 = none
    since          integer, -- the earliest start that an owed demand named; null = covered_until
    reason         text    not null default '',
    session        text    not null default '', -- who sweeps
    last_at        integer,
    last_error     text    not null default '',
    unproven_from  integer,
    unproven_until integer
);

insert into sweep (one) values (1);

-- UNDELETEs: checking (only a gap event said so), confirmed, dismissed.
create table restoration (
    id           integer primary key autoincrement,
    provider     text    not null,
    identifier   text    not null,
    event_key    text    not null,
    committed_at integer not null,
    state        text    not null,
    at           integer not null
);

create unique index restoration_key on restoration (identifier, provider, event_key);
create index restoration_checking on restoration (id) where state = 'checking';
create index restoration_at on restoration (at) where state <> 'checking';
