-- What a proof covers: each record list by itself. Lock-step with db/postgresql/V9__record_lists_join.sql.

-- A list that joins after the first start bears joined_at, and covered_until until a sweep has caught up for it.
alter table record_list add column left_at integer; -- null while it is configured
alter table record_list add column looked_at integer; -- the last presence check since it joined whose result was believed
alter table record_list add column history_skipped_by text not null default ''; -- who declined the look at what lies before

update record_list set looked_at = reconciled_at;

-- What of the configuration has to be the same in every process; of a secret a keyed digest. Empty: an older release.
alter table session add column fingerprint text not null default '';

-- Who ordered a deletion, and who decided about it last: a row where somebody did.
create table deletion_person (
    deletion   integer primary key,
    ordered_by text not null default '',
    decided_by text not null default '',
    decision   text not null default '' -- approved, rejected, redriven, discarded, went_live
);

-- The demands for a sweep, apart: what a person ordered can be withdrawn, what anything else demands cannot.
alter table sweep add column required integer not null default 0; -- the newest demand that is no order
alter table sweep add column ordered integer not null default 0; -- the newest order; 0 = withdrawn
alter table sweep add column ordered_since integer; -- the earliest start that an order named; null = covered_until
alter table sweep add column ordered_reason text not null default '';

update sweep set required = demanded where demanded > answered;
