-- Streams that catch up, looks at what is due meanwhile. Lock-step with db/postgresql/V8__catching_up.sql.

-- While there is a row its stream brings what is old, and whatever is due is looked at first.
create table catching_up (
    channel text    primary key,
    since   integer not null
);

-- What was due while a stream caught up, and when Salesforce was asked about it: null = it has not answered yet.
create table look (
    deletion integer primary key,
    at       integer
);

-- How many of the doubts were holes in the stream: what was found by asking before the last one may have been restored in it.
alter table doubt add column holes integer not null default 0;
