/**
 * A Talkdesk that runs on this machine: tokens, record lists, records and the bulk delete call, as the public pages
 * describe them. It knows nothing of the service it is used to test, so that the two cannot share a mistake.
 */
package io.recordsync.simulator.talkdesk;
