/**
 * The transactional inbox: one table of deletions, what is claimed of it, and the gate in front of the delivery. JDK and
 * java.sql, no Camel.
 */
package io.recordsync.inbox;
