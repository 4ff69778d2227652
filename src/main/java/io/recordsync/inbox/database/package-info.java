/**
 * The database under the inbox, a SQLite file or PostgreSQL: how it is opened, pooled and migrated, and how statements are
 * written for both. It knows nothing of the inbox.
 */
package io.recordsync.inbox.database;
