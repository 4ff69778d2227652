-- Record lists that are found by their names. Lock-step with db/postgresql/V22__found_lists.sql.

-- '' = by its id in the configuration; by its name: filling (it is loaded, and waited for), asks (a person decides), dismissed,
-- joined; forgotten = a person gave it up when it had vanished
alter table record_list add column membership text not null default '';
alter table record_list add column dry_run integer not null default 0; -- 1 = joined as one whose deletions are rehearsed
alter table record_list add column status text not null default ''; -- Talkdesk's word, as last seen
alter table record_list add column records_count integer; -- likewise
alter table record_list add column vanished_at integer; -- null while Talkdesk shows it
alter table record_list add column asked_at integer; -- when one that vanished was asked for last

-- The look-up of names, which one process makes for all.
create table list_look_up (
    one      integer primary key check (one = 1),
    due_at   integer, -- null = only by order
    session  text    not null default '', -- that is at it
    ended_at integer, -- the last that came to its end
    error    text    not null default '', -- of one that did not, since
    trouble  text    not null default '', -- what the last one found that a person has to fix
    notice   text    not null default '' -- likewise, that a person should know
);

insert into list_look_up (one) values (1);
