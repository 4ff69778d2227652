-- What Salesforce said of merges. Lock-step with db/sqlite/V19__merges.sql.

-- Of a deletion that Salesforce was asked about: into whom the contact was merged, or that nobody can tell any more.
create table merged (
    deletion bigint primary key,
    words    text    not null, -- merged into 003…
    seen_at  bigint not null, -- the loser's SystemModstamp then; 0 = not known
    was_held boolean not null default false -- a person was asked: it is not held again
);
