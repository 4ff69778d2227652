-- Which process a session is, so that one that starts beside it can see that it is dead. Lock-step with
-- db/postgresql/V15__session_process.sql.

-- The kernel's boot, the namespaces, the pid, when it started, and how long the host had been up at the last heartbeat.
-- Empty: an older release, or a process that cannot say.
alter table session add column process text not null default '';
