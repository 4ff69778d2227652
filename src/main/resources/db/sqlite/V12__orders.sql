-- What was shown when a person ordered, and the orders themselves. Lock-step with db/postgresql/V12__orders.sql.

-- Since when a deletion is in a state that a person decides about: the number of its entry. Of a row that has none here it is
-- before all numbers.
create table entered (
    deletion integer primary key,
    number   integer not null
);

-- The number of the last entry. It rises with each, and is at least the time in microseconds: a database that goes back in time
-- gives out no number twice. Whoever reads it sees all that entered before.
create table entering (
    one    integer primary key check (one = 1),
    number integer not null
);

insert into entering (one, number) values (1, 0);

create trigger deletion_arrives after insert on deletion
when new.state in ('held', 'parked', 'rehearsed')
begin
  update entering set number = max(number + 1, cast(unixepoch('subsec') * 1000000 as integer));
  insert into entered (deletion, number) select new.id, number from entering where true
  on conflict (deletion) do update set number = excluded.number;
end;

create trigger deletion_enters after update of state on deletion
when new.state in ('held', 'parked', 'rehearsed') and new.state <> old.state
begin
  update entering set number = max(number + 1, cast(unixepoch('subsec') * 1000000 as integer));
  insert into entered (deletion, number) select new.id, number from entering where true
  on conflict (deletion) do update set number = excluded.number;
end;

create trigger deletion_leaves after update of state on deletion
when old.state in ('held', 'parked', 'rehearsed') and new.state not in ('held', 'parked', 'rehearsed')
begin
  delete from entered where deletion = new.id;
end;

-- It is held for another reason than before.
create trigger deletion_is_held after insert on held
begin
  update entering set number = max(number + 1, cast(unixepoch('subsec') * 1000000 as integer));
  insert into entered (deletion, number)
  select deletion.id, entering.number from deletion, entering where deletion.id = new.deletion and state = 'held'
  on conflict (deletion) do update set number = excluded.number;
end;

-- Orders of people: those that bear a key of the caller's, for a day, and those over many rows until they are worked off.
create table person_order (
    id           text    primary key,
    client_key   text    unique, -- Idempotency-Key; null where there was none
    request      text    not null, -- a short digest of what was sent
    path         text    not null,
    ordered_by   text    not null,
    at           integer not null,
    session      text    not null, -- of the process that is at it
    happened     integer not null default 0, -- 1 = what it changes is changed
    status       integer not null default 0, -- of the answer; 0 = not answered yet
    answer       text    not null default '',
    act          text    not null default '', -- of one over many rows, which is worked off in steps
    record_list  text    not null default '',
    failure_code text    not null default '',
    origin       text    not null default '',
    held_reason  text    not null default '',
    mark         integer not null default 0, -- what entered later stays as it is
    from_id      integer not null default 0,
    below_id     integer not null default 0, -- 0 = without bound
    after_id     integer not null default 0, -- how far it has come
    changed      integer not null default 0,
    remaining    integer, -- what it left as it was; null until it is done
    done_at      integer
);

create index person_order_at on person_order (at);
