-- Callbacks still to be made, and whose they are. Lock-step with db/sqlite/V23__callbacks.sql.

-- No phone number and no name: the record that a callback came from leads to the external id while it lives.
create table callback (
    id          text    primary key, -- Talkdesk's
    record_list text    not null,
    record_id   text    not null,
    provider    text    not null default '', -- with external_id: of the record while it lived; empty = nobody saw it, or it had none
    external_id text    not null default '', -- a Salesforce id in its form of 18 characters
    state       text    not null, -- living, gone, unseen, rehearsed, cancelled, ended
    ours        boolean not null default false, -- the deletion of the external id from the list was carried out here
    found_at    bigint not null,
    asked_at    bigint not null default 0,
    gone_at     bigint,
    ended_at    bigint
);

create index callback_external_id on callback (external_id) where external_id <> '';

create table callback_run (
    one      integer primary key check (one = 1),
    session  text    not null default '', -- who runs
    last_at  bigint,
    settled  bigint not null default 0, -- the deletions that were done when it began
    error    text    not null default '',
    failures integer not null default 0,
    too_many integer not null default 0
);

insert into callback_run (one) values (1);
