package io.recordsync.deletion;

/**
 * What one answer says of one thing that was asked for: it is there, it is gone, or nothing is known.
 *
 * @param provider of a record that is there, its external provider and id; else empty
 * @param words of what is not known, for a person; else empty
 * @param forbidden whether the client lacks a right, so that asking again is of no use
 */
public record Presence(Kind kind, String provider, String externalId, String words, boolean forbidden) {

    /** What is known. */
    public enum Kind {
        THERE,
        GONE,
        UNCLEAR
    }

    public static Presence there(String provider, String externalId) {
        return new Presence(Kind.THERE, provider, externalId, "", false);
    }

    public static Presence gone() {
        return new Presence(Kind.GONE, "", "", "", false);
    }

    public static Presence unclear(String words, boolean forbidden) {
        return new Presence(Kind.UNCLEAR, "", "", words, forbidden);
    }

    public boolean isThere() {
        return kind == Kind.THERE;
    }

    public boolean isGone() {
        return kind == Kind.GONE;
    }
}
