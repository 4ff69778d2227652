-- What was shown when a person ordered, and the orders themselves. Lock-step with db/sqlite/V12__orders.sql.

-- Since when a deletion is in a state that a person decides about: the number of its entry. Of a row that has none here it is
-- before all numbers.
create table entered (
    deletion bigint primary key,
    number   bigint not null
);

-- The number of the last entry. It rises with each, and is at least the time in microseconds: a database that goes back in time
-- gives out no number twice. Whoever reads it sees all that entered before.
create table entering (
    one    integer primary key check (one = 1),
    number bigint  not null,
    xact   bigint  not null -- that gave it out
);

insert into entering (one, number, xact) values (1, 0, 0);

create function recordsync_deletion_enters() returns trigger language plpgsql as $$
declare
  entry bigint;
begin
  -- One number for a transaction, which keeps it locked to its end: they are committed in their order.
  select number into entry from entering where one = 1 and xact = txid_current();
  if not found then
    update entering set number = greatest(number + 1, cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)),
           xact = txid_current()
    where one = 1 returning number into entry;
  end if;
  insert into entered (deletion, number) values (new.id, entry)
  on conflict (deletion) do update set number = excluded.number;
  return null;
end $$;

create function recordsync_deletion_leaves() returns trigger language plpgsql as $$
begin
  delete from entered where deletion = new.id;
  return null;
end $$;

-- It is held for another reason than before: as if it had entered.
create function recordsync_deletion_is_held() returns trigger language plpgsql as $$
begin
  update entering set number = greatest(number + 1, cast(extract(epoch from clock_timestamp()) * 1000000 as bigint)),
         xact = txid_current()
  where one = 1 and xact <> txid_current();
  insert into entered (deletion, number)
  select deletion.id, entering.number from deletion, entering where deletion.id = new.deletion and state = 'held'
  on conflict (deletion) do update set number = excluded.number;
  return null;
end $$;

create trigger deletion_arrives after insert on deletion for each row
when (new.state in ('held', 'parked', 'rehearsed'))
execute function recordsync_deletion_enters();

create trigger deletion_enters after update of state on deletion for each row
when (new.state in ('held', 'parked', 'rehearsed') and new.state <> old.state)
execute function recordsync_deletion_enters();

create trigger deletion_leaves after update of state on deletion for each row
when (old.state in ('held', 'parked', 'rehearsed') and new.state not in ('held', 'parked', 'rehearsed'))
execute function recordsync_deletion_leaves();

create trigger deletion_is_held after insert on held for each row
execute function recordsync_deletion_is_held();

-- Orders of people: those that bear a key of the caller's, for a day, and those over many rows until they are worked off.
create table person_order (
    id           text    primary key,
    client_key   text    unique, -- Idempotency-Key; null where there was none
    request      text    not null, -- a short digest of what was sent
    path         text    not null,
    ordered_by   text    not null,
    at           bigint  not null,
    session      text    not null, -- of the process that is at it
    happened     integer not null default 0, -- 1 = what it changes is changed
    status       integer not null default 0, -- of the answer; 0 = not answered yet
    answer       text    not null default '',
    act          text    not null default '', -- of one over many rows, which is worked off in steps
    record_list  text    not null default '',
    failure_code text    not null default '',
    origin       text    not null default '',
    held_reason  text    not null default '',
    mark         bigint  not null default 0, -- what entered later stays as it is
    from_id      bigint  not null default 0,
    below_id     bigint  not null default 0, -- 0 = without bound
    after_id     bigint  not null default 0, -- how far it has come
    changed      bigint  not null default 0,
    remaining    bigint, -- what it left as it was; null until it is done
    done_at      bigint
);

create index person_order_at on person_order (at);
