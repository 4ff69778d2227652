package io.recordsync.deletion;

import java.util.Objects;

/**
 * What names a record within a record list.
 *
 * <p>{@code provider} is empty unless {@code kind} is {@link IdentifierKind#EXTERNAL}; no component is ever null, because
 * a unique key with a null in it admits duplicates. {@link #toString()} is safe to log: it masks a phone number.
 */
public record Identifier(IdentifierKind kind, String provider, String value) {

    public Identifier {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(provider, "provider");
        Objects.requireNonNull(value, "value");
    }

    public static Identifier external(String provider, String externalId) {
        return new Identifier(IdentifierKind.EXTERNAL, provider, externalId);
    }

    public static Identifier record(String recordId) {
        return new Identifier(IdentifierKind.RECORD, "", recordId);
    }

    public static Identifier phone(String number) {
        return new Identifier(IdentifierKind.PHONE, "", number);
    }

    /** The value, but of a phone number only the last two digits. */
    public String masked() {
        if (kind != IdentifierKind.PHONE) {
            return value;
        }
        return "…" + value.substring(Math.max(0, value.length() - 2));
    }

    @Override
    public String toString() {
        return provider.isEmpty() ? masked() : provider + ":" + masked();
    }
}
