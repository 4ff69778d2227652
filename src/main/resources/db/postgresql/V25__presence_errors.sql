-- Why the last presence check of a record list was not believed. Lock-step with db/sqlite/V25__presence_errors.sql.

alter table record_list add column presence_error text not null default ''; -- '' = it was, or there was none
alter table record_list add column presence_again_at bigint; -- when the check is made again; null = by schedule or order
