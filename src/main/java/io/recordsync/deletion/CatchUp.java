package io.recordsync.deletion;

/**
 * What a response of a stream says of whether it has caught up with Salesforce.
 *
 * <p>While it has not, a deletion that was read may have been taken back by a restoration that was not: Salesforce is asked
 * about whatever is due.
 *
 * @param channel whose stream it is
 * @param over false: what came is old, and more of it may follow
 */
public record CatchUp(String channel, boolean over) {}
