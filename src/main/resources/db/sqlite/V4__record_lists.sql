-- The final shape of a record list's row. Lock-step with db/postgresql/V4__record_lists.sql.

alter table record_list add column state text not null default 'active'; -- active, suspended, stopped (a person goes on)
alter table record_list add column name text not null default '';
alter table record_list add column joined_at integer; -- null = with the first start
alter table record_list add column covered_until integer; -- null = with all the others
alter table record_list add column entities text not null default ''; -- comma-separated; empty = all
alter table record_list add column identifier_type text not null default ''; -- unique_identifier_type, as last seen
alter table record_list add column fingerprint text not null default ''; -- of what it was configured with
alter table record_list add column found_at integer; -- the first time that a call found records of it; null = never

update record_list set state = 'suspended' where suspended_until > 0;
update record_list set found_at = 0 where exists (
  select 1 from deletion where record_list = record_list.id and confirmation = 'exact');
