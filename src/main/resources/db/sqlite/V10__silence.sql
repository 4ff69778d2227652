-- What the user of Salesforce sees, and what the stream did not tell. Lock-step with db/postgresql/V10__silence.sql.

-- Of each entity, what the last look has found: from silence something is concluded only where the user sees.
create table sight (
    entity      text    primary key,
    state       text    not null default '', -- seen, unsure, empty, lost
    message     text    not null default '',
    living      integer, -- how many living records were counted last and believed; null until they were
    deletion    integer not null default 0, -- the newest row of the inbox then: a fall by later deletions is none
    counted     integer, -- what is not believed while the state is lost
    accepted_by text    not null default '', -- the person who accepted a fall
    sign        text    not null default '', -- a living record, to come back with each look at single ones
    at          integer not null default 0
);

-- Sweeps whose finds the stream should have told before: which rows of the inbox they are, and how many it had not.
create table swept (
    id        integer primary key autoincrement,
    from_row  integer not null, -- rows later than this one
    until_row integer not null, -- and up to this one
    lagging   text    not null, -- JSON: lists that had to catch up, whose finds are no news
    at        integer not null, -- by Salesforce's clock
    saved_at  integer not null,
    told      boolean not null, -- whether the stream told of any deletion since the sweep before
    missed    integer not null default 0,
    is_final  boolean not null default false
);
