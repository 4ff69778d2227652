-- What is written beside each deletion, for less. Lock-step with db/sqlite/V26__bookkeeping.sql.

-- Where a change of the stream stands in the order of commits; null: nobody said it. What stands in deletion_commit stays there until
-- its deletion is forgotten: to move it would write every row anew.
alter table deletion_row add column commit_number bigint;
alter table deletion_row add column sequence integer;

-- Who was deleted in the guard's window, as they arrive; a phone number by its HMAC. It is written at its end only: a key that held
-- each contact once came in no order, and cost as much as the deletion's own. Of a contact that arrives again both rows stay, and
-- count as one.
create table guard_arrival (
    at         bigint  not null,
    identifier text    not null,
    provider   text    not null,
    kind       text    not null
);

insert into guard_arrival (at, identifier, provider, kind)
select at, identifier, provider, kind from guard_contact order by at;

-- What roles might do with the table.
do $$
declare
  held record;
begin
  for held in
    select case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end as role, privilege_type as privilege
    from pg_class cross join aclexplode(relacl)
    where pg_class.oid = 'guard_contact'::regclass and grantee <> relowner
      and privilege_type in ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
  loop
    execute format('grant %s on guard_arrival to %s', held.privilege, held.role);
  end loop;
end $$;

drop table guard_contact;

create index guard_arrival_at on guard_arrival (at);
