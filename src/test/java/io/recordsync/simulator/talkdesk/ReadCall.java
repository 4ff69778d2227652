package io.recordsync.simulator.talkdesk;

/**
 * One call that is neither a token request nor a bulk delete.
 *
 * @param arrivedNanos by {@link System#nanoTime()}
 * @param target path and query
 * @param status answered; 0 where nothing was
 */
public record ReadCall(long arrivedNanos, String method, String target, String token, int status) {}
