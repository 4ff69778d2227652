-- Sweeps, restorations, and what a subscriber says of itself. Lock-step with db/sqlite/V2__sweep.sql.

alter table deletion add column note text not null default ''; -- merged into 003…
-- Of a claimed row: the UNDELETE that came meanwhile. It is cancelled when its call fails.
alter table deletion add column restored text not null default '';

-- What an event of the stream may adopt. Statements must say both conditions in these words to be led here.
create index deletion_swept on deletion (identifier, record_list) where origin = 'sweep' and state in ('pending', 'held');

alter table stream_position add column seen_at bigint not null default 0; -- the subscriber's own heartbeat

alter table record_list add column reconciled_at bigint;

-- Until when every deletion is proven to be in the inbox, and the sweeps that are owed: those demanded, but not answered.
create table sweep (
    one            integer primary key check (one = 1),
    covered_until  bigint, -- by Salesforce's clock; null until the first begin
    demanded       bigint  not null default 0,
    answered       bigint  not null default 0,
    position_lost  bigint  not null default 0, -- the newest demand because of a lost position; 0 = none
    since          bigint, -- the earliest start that an owed demand named; null = covered_until
    reason         text    not null default '',
    session        text    not null default '', -- who sweeps
    last_at        bigint,
    last_error     text    not null default '',
    unproven_from  bigint,
    unproven_until bigint
);

insert into sweep (one) values (1);

-- UNDELETEs: checking (only a gap event said so), confirmed, dismissed.
create table restoration (
    id           bigint  generated always as identity primary key,
    provider     text    not null,
    identifier   text    not null,
    event_key    text    not null,
    committed_at bigint  not null,
    state        text    not null,
    at           bigint  not null
);

create unique index restoration_key on restoration (identifier, provider, event_key);
create index restoration_checking on restoration (id) where state = 'checking';
create index restoration_at on restoration (at) where state <> 'checking';
