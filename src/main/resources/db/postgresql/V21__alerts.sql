-- What people were told, and by which process. Lock-step with db/sqlite/V21__alerts.sql.

-- Of each check, what was told last: what is told again after a restart is what has changed since.
create table alert (
    subject text    primary key,
    state   text    not null, -- down, up
    since   bigint  not null, -- when it became so
    amount  bigint  not null default 0, -- how many wait for a person
    told_at bigint  not null
);

-- Of several processes one tells; empty: none.
create table alert_turn (
    one     integer primary key check (one = 1),
    session text    not null
);

insert into alert_turn (one, session) values (1, '');
