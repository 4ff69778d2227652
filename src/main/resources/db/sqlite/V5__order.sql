-- The order of Salesforce's commits, and what is in doubt. Lock-step with db/postgresql/V5__order.sql.

-- Where a deletion stands in it, if its event said so: commit times have whole seconds.
create table deletion_commit (
    deletion      integer primary key,
    commit_number integer not null,
    sequence      integer not null
);

-- Null of both where the event did not say, and of rows from before.
alter table restoration add column commit_number integer;
alter table restoration add column sequence integer;

-- Deletions that a restoration may concern without anybody knowing: Salesforce is asked before they are sent. Beside the
-- state, because what is held still needs its approval, what is parked its redrive, what is rehearsed its go-live.
create table deletion_doubt (
    deletion integer primary key,
    number   integer not null -- which doubt: an answer ends those that arose before the question
);

create table doubt (
    one    integer primary key check (one = 1),
    number integer not null
);

insert into doubt (one, number) values (1, 0);

-- Only a gap event told that these were restored, and Salesforce has not been asked yet.
insert into deletion_doubt (deletion, number)
select id, 0 from deletion
where state <> 'deleted' and state in ('claimed', 'held', 'parked', 'rehearsed') and kind = 'external' and origin <> 'api'
  and exists (
    select 1 from restoration
    where restoration.identifier = deletion.identifier and restoration.provider = deletion.provider
      and restoration.committed_at > deletion.committed_at and restoration.state = 'checking');
