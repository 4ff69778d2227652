package io.recordsync.simulator.talkdesk;

/**
 * One token request.
 *
 * @param arrivedNanos by {@link System#nanoTime()}
 * @param authentication {@code basic}, {@code private_key_jwt} or empty
 * @param scope asked for, or empty
 * @param status answered; 0 where nothing was
 * @param token given out, or empty
 */
public record TokenCall(long arrivedNanos, String authentication, String scope, int status, String token) {}
