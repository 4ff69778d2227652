package io.recordsync.simulator.talkdesk;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How one call is answered, and whether it has an effect first.
 *
 * <p>Immutable: every method returns a changed copy. A 2xx deletes and carries the documented body unless told
 * otherwise; any other status deletes nothing and carries an error body unless told otherwise. A call that the service
 * would refuse (a list that is gone, an item in {@link Script#refuses}) is refused whatever 2xx was scripted.
 *
 * @param deletes whether the records are really deleted before the answer
 * @param totals whether the documented body carries {@code total_deleted} and {@code total_errors}
 * @param body sent instead of the body that belongs to the status
 * @param delay waited after the effect and before the answer
 * @param padding bytes of white space behind the body
 */
public record Answer(
        int status,
        boolean deletes,
        boolean totals,
        Ending ending,
        Optional<String> body,
        String contentType,
        Map<String, String> headers,
        Duration delay,
        long padding) {

    /** How the answer ends on the wire. */
    public enum Ending {
        COMPLETE,
        /** {@code Content-Length} promises more than is sent before the connection is closed. */
        TRUNCATED,
        /** The connection is reset, nothing was sent. */
        RESET,
        /** Nothing is ever sent. */
        HANG,
        /** The body comes at a byte a second. */
        TRICKLE,
        /** The body is followed by white space, as much as {@code padding} says. */
        PADDED
    }

    private static final DateTimeFormatter HTTP_DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US);

    public Answer {
        headers = Map.copyOf(headers);
    }

    /** As the service answers when nothing is wrong: 200 with totals. */
    public static Answer normal() {
        return status(200);
    }

    public static Answer status(int status) {
        boolean success = status >= 200 && status < 300;
        return new Answer(
                status,
                success,
                true,
                Ending.COMPLETE,
                Optional.empty(),
                "application/json",
                Map.of(),
                Duration.ZERO,
                0);
    }

    /** Never answered; nothing is deleted unless {@link #afterDeleting()} is added. */
    public static Answer hang() {
        return normal().withoutDeleting().ending(Ending.HANG);
    }

    /** Connection reset; nothing is deleted unless {@link #afterDeleting()} is added. */
    public static Answer reset() {
        return normal().withoutDeleting().ending(Ending.RESET);
    }

    /** A web page where JSON is expected, with 200, as a proxy sends it; nothing is deleted. */
    public static Answer html() {
        return normal().withoutDeleting()
                .body("<!DOCTYPE html><html><body><h1>Sign in</h1></body></html>", "text/html; charset=utf-8");
    }

    /** The body breaks off in the middle. Deletes as the status does. */
    public Answer truncated() {
        return ending(Ending.TRUNCATED);
    }

    /** The body comes at a byte a second. */
    public Answer trickling() {
        return ending(Ending.TRICKLE);
    }

    /** The body is followed by so many bytes of white space. */
    public Answer padded(long bytes) {
        return new Answer(status, deletes, totals, Ending.PADDED, body, contentType, headers, delay, bytes);
    }

    /** The body is followed by white space that does not end. */
    public Answer endless() {
        return padded(Long.MAX_VALUE);
    }

    public Answer afterDeleting() {
        return new Answer(status, true, totals, ending, body, contentType, headers, delay, padding);
    }

    /** Claims what it would have deleted and deletes nothing. */
    public Answer withoutDeleting() {
        return new Answer(status, false, totals, ending, body, contentType, headers, delay, padding);
    }

    public Answer withoutTotals() {
        return new Answer(status, deletes, false, ending, body, contentType, headers, delay, padding);
    }

    public Answer empty() {
        return body("", contentType);
    }

    public Answer body(String json) {
        return body(json, "application/json");
    }

    public Answer body(String text, String type) {
        return new Answer(status, deletes, totals, ending, Optional.of(text), type, headers, delay, padding);
    }

    public Answer header(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Answer(status, deletes, totals, ending, body, contentType, more, delay, padding);
    }

    /** {@code Retry-After} in its form of whole seconds. */
    public Answer retryAfter(Duration wait) {
        return header("Retry-After", Long.toString(wait.toSeconds()));
    }

    /** {@code Retry-After} in its form of an HTTP date, which knows whole seconds only. */
    public Answer retryAfter(Instant until) {
        return header("Retry-After", HTTP_DATE.format(until.atOffset(ZoneOffset.UTC)));
    }

    public Answer delayed(Duration by) {
        return new Answer(status, deletes, totals, ending, body, contentType, headers, by, padding);
    }

    private Answer ending(Ending other) {
        return new Answer(status, deletes, totals, other, body, contentType, headers, delay, padding);
    }

    boolean success() {
        return status >= 200 && status < 300;
    }

    /** The scripted reply of an error, or of anything whose body is given. */
    Reply reply() {
        String text = body.orElse("{\"code\":\"simulated_%d\",\"message\":\"Scripted answer\"}".formatted(status));
        return Reply.text(status, contentType, text).with(headers);
    }
}
