-- The inbox. Lock-step with db/sqlite/V1__inbox.sql: the same tables, columns and indexes.
-- Times are epoch milliseconds by the database's clock. Texts are empty, not null, until they are known.

create table deletion (
    id             bigint  generated always as identity primary key,
    record_list    text    not null,
    kind           text    not null, -- external, record, phone
    provider       text    not null,
    identifier     text    not null, -- of a phone number in a terminal state: its keyed HMAC
    event_key      text    not null,
    origin         text    not null,
    committed_at   bigint  not null,
    accepted_at    bigint  not null,
    state          text    not null,
    due_at         bigint  not null,
    pending_since  bigint  not null, -- the last entry to pending by acceptance or redrive: what give-up counts from
    session        text    not null default '', -- who holds the claim
    attempts       integer not null default 0,
    unconfirmed    integer not null default 0,
    answer_lost    boolean not null default false,
    failure_code   text    not null default '',
    message        text    not null default '',
    confirmation   text    not null default '',
    settled_at     bigint,
    settled_by     text    not null default '', -- the person who discarded it
    hmac           text -- of a phone number; null for other kinds
) with (
    -- Each row is written three times in its life: room for that on its page, and the vacuum often and in small bites.
    fillfactor = 50,
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 20000,
    autovacuum_analyze_scale_factor = 0.05
);

-- What makes a replayed event change nothing; its order serves the search by identifier too.
create unique index deletion_key on deletion (identifier, record_list, kind, provider, event_key);
-- The queue: one lane (record list and kind) is one ordered range of it.
create index deletion_pending on deletion (record_list, kind, due_at, id) where state = 'pending';
-- What is not done: counts, claims of dead sessions, and the filters of the page; covering, so that no row is read.
-- A statement must say state <> 'deleted' to be led here, even where it asks for another state by name.
create index deletion_open on deletion (state, id, record_list) where state <> 'deleted';
create index deletion_record_list on deletion (record_list, id);

create table record_list (
    id              text    primary key,
    suspended_until bigint  not null default 0, -- 0 = not suspended
    failure_code    text    not null default '',
    message         text    not null default ''
);

create table session (
    id      text    primary key,
    seen_at bigint  not null
);

create table attempt (
    id       bigint  generated always as identity primary key,
    deletion bigint  not null,
    at       bigint  not null,
    call_id  text    not null,
    status   integer not null,
    code     text    not null,
    message  text    not null
);

create index attempt_deletion on attempt (deletion, id);

-- What was refused or could not be read, once each: an event that is replayed tells nothing new.
create table problem (
    kind    text    not null,
    message text    not null,
    at      bigint  not null, -- the last time
    primary key (kind, message)
);

create index problem_at on problem (at);

create table stream_position (
    channel     text    primary key,
    epoch       bigint  not null,
    session     text    not null,
    first_start bigint  not null,
    replay_id   bytea,
    saved_at    bigint
);

create table pinned_org (
    one    integer primary key check (one = 1),
    org_id text    not null
);

-- Running totals, so that counting what is done does not grow with it.
create table settled (
    confirmation text    primary key,
    total        bigint  not null
);

insert into settled (confirmation, total) values ('exact', 0), ('batch', 0), ('absent', 0), ('accepted', 0);
