package io.recordsync.doctor;

import java.util.Locale;

/**
 * What one check found, in a line: {@code ok   | salesforce login | org 00D…, 212 ms}.
 *
 * @param words for a person: what was found and, where it is bad, what to fix; no secret and no personal data
 */
public record Finding(Level level, String check, String words) {

    /** How bad it is. */
    public enum Level {
        OK,
        /** It works, but not as it should. */
        WARN,
        /** It cannot work. */
        FAIL,
        /** Not checked. */
        SKIP
    }

    @Override
    public String toString() {
        return "%-4s | %-22s | %s".formatted(level.name().toLowerCase(Locale.ROOT), check, words);
    }
}
