/**
 * What is ours between the queue and the wire, whichever dialler: what is claimed, when a call may be made, and what becomes
 * of a batch. It knows the roles of the inbox, and no adapter.
 */
package io.recordsync.delivery;
