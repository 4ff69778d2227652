package io.recordsync.deletion;

/**
 * Why a call did not settle its deletions.
 *
 * @param code what a person filters by, in snake case: {@code refused}, {@code list_gone}, {@code rate_limited} …
 * @param status the HTTP status, 0 when there was no answer
 * @param message for a person; no secret and no personal data
 * @param callId names the call in our logs; empty when none was made
 */
public record Failure(String code, int status, String message, String callId) {}
