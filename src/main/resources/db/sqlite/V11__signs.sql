-- What the presence check knows of what it found. Lock-step with db/postgresql/V11__signs.sql.

-- Of a deletion that it asked for: what shows that the contact was deleted, and how the record list holds its id.
create table presence_find (
    deletion  integer primary key,
    sign      text    not null, -- is_deleted, delete_log, inbox, none
    signed_at integer, -- null where the sign does not say when
    listed_as text    not null default '' -- the external id as it is sent; empty = the one of 18 characters
);
