-- A compact row. Lock-step with db/postgresql/V24__compact_row.sql.
-- The numbers of states, origins and confirmations are those of io.recordsync.inbox.database.Numbers.

-- Which record list, kind and provider a number stands for.
create table lane (
    id          integer primary key,
    record_list text    not null,
    kind        text    not null, -- external, record, phone
    provider    text    not null,
    unique (record_list, kind, provider)
);

insert into lane (record_list, kind, provider)
select distinct record_list, kind, provider from deletion order by record_list, kind, provider;

-- Claims whose rows may not be written to their end: the session and 64 random bits, by a number.
create table claim (
    number integer primary key,
    name   text    not null unique
);

insert into claim (name) select distinct session from deletion where session <> '';

create table deletion_row (
    id            integer primary key autoincrement,
    committed_at  integer not null,
    accepted_at   integer not null,
    due_at        integer, -- null: deleted, and as accepted_at
    pending_since integer, -- the last entry to pending by acceptance or redrive: what give-up counts from; null: likewise
    settled_at    integer,
    called_at     integer, -- when the call began that settled it
    claim         integer, -- who holds it; null: nobody
    lane          integer not null,
    attempts      integer not null default 0,
    unconfirmed   integer not null default 0,
    origin        integer not null,
    state         integer not null,
    confirmation  integer not null default 0, -- 0 = none
    answer_lost   boolean not null default false,
    identifier    text    not null, -- of a phone number in a terminal state: its keyed HMAC
    event_key     blob    not null, -- of a change event 16 bytes and the sequence number, else text and the byte ff
    failure_code  text    not null default '',
    message       text    not null default '',
    settled_by    text    not null default '', -- the person who discarded it
    hmac          text, -- of a phone number; null for other kinds
    note          text    not null default '', -- merged into 003…
    restored      text    not null default '', -- of a claimed row: the UNDELETE that came meanwhile
    approved_by   text    not null default '', -- the person on whose word the guard lets it pass
    check (state = 4 or due_at is not null and pending_since is not null) -- deleted
);

-- A word that has no number stops the migration here.
insert into deletion_row (id, lane, identifier, event_key, origin, state, confirmation, committed_at, accepted_at, due_at,
    pending_since, settled_at, called_at, claim, attempts, unconfirmed, answer_lost, failure_code, message,
    settled_by, hmac, note, restored, approved_by)
select old.id,
       (select lane.id from lane where lane.record_list = old.record_list and lane.kind = old.kind
          and lane.provider = old.provider),
       old.identifier,
       case when old.event_key glob '[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/[0-9]*'
             and substr(old.event_key, 38) = cast(cast(substr(old.event_key, 38) as integer) as text) and cast(substr(old.event_key, 38) as integer) between 0 and 2147483647
           then unhex(replace(substr(old.event_key, 1, 36), '-', '')
             || case when cast(substr(old.event_key, 38) as integer) < 128 then printf('%02x', cast(substr(old.event_key, 38) as integer))
                  when cast(substr(old.event_key, 38) as integer) < 16384 then printf('%04x', 32768 | ((cast(substr(old.event_key, 38) as integer) >> 7) << 8) | (cast(substr(old.event_key, 38) as integer) & 127))
                  when cast(substr(old.event_key, 38) as integer) < 2097152 then printf('%06x', 8421376 | ((cast(substr(old.event_key, 38) as integer) >> 14) << 16) | (((cast(substr(old.event_key, 38) as integer) >> 7) & 127) << 8) | (cast(substr(old.event_key, 38) as integer) & 127))
                  when cast(substr(old.event_key, 38) as integer) < 268435456 then printf('%08x', 2155905024 | ((cast(substr(old.event_key, 38) as integer) >> 21) << 24) | (((cast(substr(old.event_key, 38) as integer) >> 14) & 127) << 16)
                    | (((cast(substr(old.event_key, 38) as integer) >> 7) & 127) << 8) | (cast(substr(old.event_key, 38) as integer) & 127))
                  else printf('%010x', 551911718912 | ((cast(substr(old.event_key, 38) as integer) >> 28) << 32) | (((cast(substr(old.event_key, 38) as integer) >> 21) & 127) << 24)
                    | (((cast(substr(old.event_key, 38) as integer) >> 14) & 127) << 16) | (((cast(substr(old.event_key, 38) as integer) >> 7) & 127) << 8) | (cast(substr(old.event_key, 38) as integer) & 127)) end)
           else unhex(hex(old.event_key) || 'ff') end,
       case old.origin when 'stream' then 1 when 'sweep' then 2 when 'reconcile' then 3 when 'api' then 4 end,
       case old.state when 'checking' then 1 when 'pending' then 2 when 'claimed' then 3 when 'deleted' then 4 when 'parked' then 5 when 'held' then 6 when 'rehearsed' then 7 when 'cancelled' then 8 end,
       case old.confirmation when '' then 0 when 'exact' then 1 when 'batch' then 2 when 'absent' then 3 when 'accepted' then 4 end,
       old.committed_at,
       old.accepted_at,
       case when old.state <> 'deleted' or old.due_at <> old.accepted_at then old.due_at end,
       case when old.state <> 'deleted' or old.pending_since <> old.accepted_at then old.pending_since end,
       old.settled_at,
       old.called_at,
       case when old.session <> '' then (select number from claim where claim.name = old.session) end,
       old.attempts,
       old.unconfirmed,
       old.answer_lost,
       old.failure_code,
       old.message,
       old.settled_by,
       old.hmac,
       old.note,
       old.restored,
       old.approved_by
from deletion old order by old.id;

-- Ids go on where they were.
delete from sqlite_sequence where name = 'deletion_row';
insert into sqlite_sequence (name, seq) select 'deletion_row', seq from sqlite_sequence where name = 'deletion';

drop trigger deletion_is_held;
drop table deletion;

-- What makes a replayed event change nothing; its order serves the search by identifier too.
create unique index deletion_key on deletion_row (identifier, lane, event_key);
-- The queue: one lane is one ordered range of it.
create index deletion_pending on deletion_row (lane, due_at, id) where state = 2; -- pending
-- What is not done. A statement must say state <> 4 (deleted) to be led here, even where it asks for another state.
create index deletion_open on deletion_row (state, id, lane) where state <> 4;
create index deletion_lane on deletion_row (lane, id);
-- What an event of the stream may adopt: of a sweep, pending or held. Statements must say both conditions like this.
create index deletion_swept on deletion_row (identifier, lane) where origin = 2 and state in (2, 6);

create trigger deletion_arrives after insert on deletion_row
when new.state in (6, 5, 7) -- held, parked, rehearsed
begin
  update entering set number = max(number + 1, cast(unixepoch('subsec') * 1000000 as integer));
  insert into entered (deletion, number) select new.id, number from entering where true
  on conflict (deletion) do update set number = excluded.number;
end;

create trigger deletion_enters after update of state on deletion_row
when new.state in (6, 5, 7) and new.state <> old.state
begin
  update entering set number = max(number + 1, cast(unixepoch('subsec') * 1000000 as integer));
  insert into entered (deletion, number) select new.id, number from entering where true
  on conflict (deletion) do update set number = excluded.number;
end;

create trigger deletion_leaves after update of state on deletion_row
when old.state in (6, 5, 7) and new.state not in (6, 5, 7)
begin
  delete from entered where deletion = new.id;
end;

create trigger deletion_is_held after insert on held
begin
  update entering set number = max(number + 1, cast(unixepoch('subsec') * 1000000 as integer));
  insert into entered (deletion, number)
  select deletion_row.id, entering.number from deletion_row, entering
  where deletion_row.id = new.deletion and deletion_row.state = 6
  on conflict (deletion) do update set number = excluded.number;
end;

-- What was just moved leaves half of the file empty: the program packs it and sets this back to 0.
pragma user_version = 24;

-- The rows in words.
create view deletion as
select deletion_row.id, lane.record_list, lane.kind, lane.provider, deletion_row.identifier,
       case when substr(hex(deletion_row.event_key), -2) = 'FF'
           then cast(substr(deletion_row.event_key, 1, length(deletion_row.event_key) - 1) as text)
           else substr(lower(hex(deletion_row.event_key)), 1, 8) || '-' || substr(lower(hex(deletion_row.event_key)), 9, 4) || '-' || substr(lower(hex(deletion_row.event_key)), 13, 4) || '-' || substr(lower(hex(deletion_row.event_key)), 17, 4) || '-'
             || substr(lower(hex(deletion_row.event_key)), 21, 12) || '/' || (((((((instr('0123456789ABCDEF', substr(hex(deletion_row.event_key), 33, 1)) - 1) << 4) | (instr('0123456789ABCDEF', substr(hex(deletion_row.event_key), 34, 1)) - 1)) & 127) << 28)
               + (((((instr('0123456789ABCDEF', substr(hex(deletion_row.event_key), 35, 1)) - 1) << 4) | (instr('0123456789ABCDEF', substr(hex(deletion_row.event_key), 36, 1)) - 1)) & 127) << 21)
               + (((((instr('0123456789ABCDEF', substr(hex(deletion_row.event_key), 37, 1)) - 1) << 4) | (instr('0123456789ABCDEF', substr(hex(deletion_row.event_key), 38, 1)) - 1)) & 127) << 14)
               + (((((instr('0123456789ABCDEF', substr(hex(deletion_row.event_key), 39, 1)) - 1) << 4) | (instr('0123456789ABCDEF', substr(hex(deletion_row.event_key), 40, 1)) - 1)) & 127) << 7)
               + ((((instr('0123456789ABCDEF', substr(hex(deletion_row.event_key), 41, 1)) - 1) << 4) | (instr('0123456789ABCDEF', substr(hex(deletion_row.event_key), 42, 1)) - 1)) & 127)) >> (7 * (21 - length(deletion_row.event_key)))) end as event_key,
       case deletion_row.origin when 1 then 'stream' when 2 then 'sweep' when 3 then 'reconcile' when 4 then 'api' end as origin,
       deletion_row.committed_at, deletion_row.accepted_at,
       case deletion_row.state when 1 then 'checking' when 2 then 'pending' when 3 then 'claimed' when 4 then 'deleted' when 5 then 'parked' when 6 then 'held' when 7 then 'rehearsed' when 8 then 'cancelled' end as state,
       coalesce(deletion_row.due_at, deletion_row.accepted_at) as due_at,
       coalesce(deletion_row.pending_since, deletion_row.accepted_at) as pending_since, coalesce(claim.name, '') as session, deletion_row.attempts,
       deletion_row.unconfirmed, deletion_row.answer_lost, deletion_row.failure_code, deletion_row.message,
       case deletion_row.confirmation when 0 then '' when 1 then 'exact' when 2 then 'batch' when 3 then 'absent' when 4 then 'accepted' end as confirmation,
       deletion_row.settled_at, deletion_row.settled_by, deletion_row.hmac, deletion_row.note, deletion_row.restored,
       deletion_row.approved_by, deletion_row.called_at
from deletion_row join lane on lane.id = deletion_row.lane left join claim on claim.number = deletion_row.claim;

-- What a person changes by hand, in the same words.
create trigger deletion_inserted instead of insert on deletion
begin
  insert or ignore into lane (record_list, kind, provider) values (new.record_list, new.kind, new.provider);
  insert or ignore into claim (name) select new.session where new.session <> '';
  insert into deletion_row (id, lane, identifier, event_key, origin, state, confirmation, committed_at, accepted_at, due_at,
    pending_since, settled_at, called_at, claim, attempts, unconfirmed, answer_lost, failure_code, message,
    settled_by, hmac, note, restored, approved_by)
  values (new.id,
       (select lane.id from lane where lane.record_list = new.record_list and lane.kind = new.kind and lane.provider = new.provider),
       new.identifier,
       case when new.event_key glob '[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/[0-9]*'
             and substr(new.event_key, 38) = cast(cast(substr(new.event_key, 38) as integer) as text) and cast(substr(new.event_key, 38) as integer) between 0 and 2147483647
           then unhex(replace(substr(new.event_key, 1, 36), '-', '')
             || case when cast(substr(new.event_key, 38) as integer) < 128 then printf('%02x', cast(substr(new.event_key, 38) as integer))
                  when cast(substr(new.event_key, 38) as integer) < 16384 then printf('%04x', 32768 | ((cast(substr(new.event_key, 38) as integer) >> 7) << 8) | (cast(substr(new.event_key, 38) as integer) & 127))
                  when cast(substr(new.event_key, 38) as integer) < 2097152 then printf('%06x', 8421376 | ((cast(substr(new.event_key, 38) as integer) >> 14) << 16) | (((cast(substr(new.event_key, 38) as integer) >> 7) & 127) << 8) | (cast(substr(new.event_key, 38) as integer) & 127))
                  when cast(substr(new.event_key, 38) as integer) < 268435456 then printf('%08x', 2155905024 | ((cast(substr(new.event_key, 38) as integer) >> 21) << 24) | (((cast(substr(new.event_key, 38) as integer) >> 14) & 127) << 16)
                    | (((cast(substr(new.event_key, 38) as integer) >> 7) & 127) << 8) | (cast(substr(new.event_key, 38) as integer) & 127))
                  else printf('%010x', 551911718912 | ((cast(substr(new.event_key, 38) as integer) >> 28) << 32) | (((cast(substr(new.event_key, 38) as integer) >> 21) & 127) << 24)
                    | (((cast(substr(new.event_key, 38) as integer) >> 14) & 127) << 16) | (((cast(substr(new.event_key, 38) as integer) >> 7) & 127) << 8) | (cast(substr(new.event_key, 38) as integer) & 127)) end)
           else unhex(hex(new.event_key) || 'ff') end,
       case new.origin when 'stream' then 1 when 'sweep' then 2 when 'reconcile' then 3 when 'api' then 4 end,
       case new.state when 'checking' then 1 when 'pending' then 2 when 'claimed' then 3 when 'deleted' then 4 when 'parked' then 5 when 'held' then 6 when 'rehearsed' then 7 when 'cancelled' then 8 end,
       case coalesce(new.confirmation, '') when '' then 0 when 'exact' then 1 when 'batch' then 2 when 'absent' then 3 when 'accepted' then 4 end,
       new.committed_at,
       new.accepted_at,
       new.due_at,
       new.pending_since,
       new.settled_at,
       new.called_at,
       (select number from claim where claim.name = new.session),
       coalesce(new.attempts, 0),
       coalesce(new.unconfirmed, 0),
       coalesce(new.answer_lost, false),
       coalesce(new.failure_code, ''),
       coalesce(new.message, ''),
       coalesce(new.settled_by, ''),
       new.hmac,
       coalesce(new.note, ''),
       coalesce(new.restored, ''),
       coalesce(new.approved_by, ''));
end;

create trigger deletion_updated instead of update on deletion
begin
  insert or ignore into lane (record_list, kind, provider) values (new.record_list, new.kind, new.provider);
  insert or ignore into claim (name) select new.session where new.session <> '';
  update deletion_row set id = new.id,
       lane = (select lane.id from lane where lane.record_list = new.record_list and lane.kind = new.kind and lane.provider = new.provider),
       identifier = new.identifier,
       origin = case new.origin when 'stream' then 1 when 'sweep' then 2 when 'reconcile' then 3 when 'api' then 4 end,
       confirmation = case coalesce(new.confirmation, '') when '' then 0 when 'exact' then 1 when 'batch' then 2 when 'absent' then 3 when 'accepted' then 4 end,
       committed_at = new.committed_at,
       accepted_at = new.accepted_at,
       due_at = new.due_at,
       pending_since = new.pending_since,
       settled_at = new.settled_at,
       called_at = new.called_at,
       claim = (select number from claim where claim.name = new.session),
       attempts = coalesce(new.attempts, 0),
       unconfirmed = coalesce(new.unconfirmed, 0),
       answer_lost = coalesce(new.answer_lost, false),
       failure_code = coalesce(new.failure_code, ''),
       message = coalesce(new.message, ''),
       settled_by = coalesce(new.settled_by, ''),
       hmac = new.hmac,
       note = coalesce(new.note, ''),
       restored = coalesce(new.restored, ''),
       approved_by = coalesce(new.approved_by, ''),
       event_key = case when new.event_key is old.event_key then event_key else case when new.event_key glob '[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/[0-9]*'
             and substr(new.event_key, 38) = cast(cast(substr(new.event_key, 38) as integer) as text) and cast(substr(new.event_key, 38) as integer) between 0 and 2147483647
           then unhex(replace(substr(new.event_key, 1, 36), '-', '')
             || case when cast(substr(new.event_key, 38) as integer) < 128 then printf('%02x', cast(substr(new.event_key, 38) as integer))
                  when cast(substr(new.event_key, 38) as integer) < 16384 then printf('%04x', 32768 | ((cast(substr(new.event_key, 38) as integer) >> 7) << 8) | (cast(substr(new.event_key, 38) as integer) & 127))
                  when cast(substr(new.event_key, 38) as integer) < 2097152 then printf('%06x', 8421376 | ((cast(substr(new.event_key, 38) as integer) >> 14) << 16) | (((cast(substr(new.event_key, 38) as integer) >> 7) & 127) << 8) | (cast(substr(new.event_key, 38) as integer) & 127))
                  when cast(substr(new.event_key, 38) as integer) < 268435456 then printf('%08x', 2155905024 | ((cast(substr(new.event_key, 38) as integer) >> 21) << 24) | (((cast(substr(new.event_key, 38) as integer) >> 14) & 127) << 16)
                    | (((cast(substr(new.event_key, 38) as integer) >> 7) & 127) << 8) | (cast(substr(new.event_key, 38) as integer) & 127))
                  else printf('%010x', 551911718912 | ((cast(substr(new.event_key, 38) as integer) >> 28) << 32) | (((cast(substr(new.event_key, 38) as integer) >> 21) & 127) << 24)
                    | (((cast(substr(new.event_key, 38) as integer) >> 14) & 127) << 16) | (((cast(substr(new.event_key, 38) as integer) >> 7) & 127) << 8) | (cast(substr(new.event_key, 38) as integer) & 127)) end)
           else unhex(hex(new.event_key) || 'ff') end end
  where id = old.id;
  -- Apart, so that only this counts as an entry.
  update deletion_row set state = case new.state when 'checking' then 1 when 'pending' then 2 when 'claimed' then 3 when 'deleted' then 4 when 'parked' then 5 when 'held' then 6 when 'rehearsed' then 7 when 'cancelled' then 8 end where id = new.id and new.state <> old.state;
end;

create trigger deletion_removed instead of delete on deletion
begin
  delete from deletion_row where id = old.id;
end;
