-- What is written beside each deletion, for less. Lock-step with db/postgresql/V26__bookkeeping.sql.

-- Where a change of the stream stands in the order of commits; null: nobody said it. What stands in deletion_commit stays there until
-- its deletion is forgotten: to move it would write every row anew.
alter table deletion_row add column commit_number integer;
alter table deletion_row add column sequence integer;

-- Who was deleted in the guard's window, as they arrive; a phone number by its HMAC. It is written at its end only: a key that held
-- each contact once came in no order, and cost as much as the deletion's own. Of a contact that arrives again both rows stay, and
-- count as one.
create table guard_arrival (
    at         integer not null,
    identifier text    not null,
    provider   text    not null,
    kind       text    not null
);

insert into guard_arrival (at, identifier, provider, kind)
select at, identifier, provider, kind from guard_contact order by at;

drop table guard_contact;

create index guard_arrival_at on guard_arrival (at);

-- The same triggers as before, but for their conditions: of a list in brackets SQLite makes a table for every row that it is asked
-- about, which cost more than the row itself.

drop trigger deletion_arrives;
create trigger deletion_arrives after insert on deletion_row
when new.state between 5 and 7 -- parked, held, rehearsed
begin
  update entering set number = max(number + 1, cast(unixepoch('subsec') * 1000000 as integer));
  insert into entered (deletion, number) select new.id, number from entering where true
  on conflict (deletion) do update set number = excluded.number;
end;

drop trigger deletion_enters;
create trigger deletion_enters after update of state on deletion_row
when new.state between 5 and 7 and new.state <> old.state -- parked, held, rehearsed
begin
  update entering set number = max(number + 1, cast(unixepoch('subsec') * 1000000 as integer));
  insert into entered (deletion, number) select new.id, number from entering where true
  on conflict (deletion) do update set number = excluded.number;
end;

drop trigger deletion_leaves;
create trigger deletion_leaves after update of state on deletion_row
when old.state between 5 and 7 and new.state not between 5 and 7 -- parked, held, rehearsed
begin
  delete from entered where deletion = new.id;
end;
