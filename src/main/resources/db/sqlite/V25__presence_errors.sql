-- Why the last presence check of a record list was not believed. Lock-step with db/postgresql/V25__presence_errors.sql.

alter table record_list add column presence_error text not null default ''; -- '' = it was, or there was none
alter table record_list add column presence_again_at integer; -- when the check is made again; null = by schedule or order
