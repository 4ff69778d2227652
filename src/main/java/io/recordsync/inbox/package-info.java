/**
 * The transactional inbox: one table of deletions. An interface is a role of it, the class with {@code Jdbc} before its name is
 * the SQL, and {@link io.recordsync.inbox.Inbox} opens them together.
 */
package io.recordsync.inbox;
