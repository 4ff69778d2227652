package io.recordsync.simulator.salesforce;

import java.util.Collection;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Salesforce record ids: 15 case-sensitive characters, or those and 3 of checksum.
 *
 * <p>Each character of the checksum stands for five of the id: bit n is set when the n-th of them is an upper-case
 * letter, and the number picks from {@code A..Z0..5}. Thread-safe.
 */
public final class ContactIds {

    private static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final String CHECKSUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
    private static final String PREFIX = "003";
    private static final String INSTANCE = "Rj00000";

    // Large enough that ids differ in letters of both cases, as those of an old org do.
    private static final AtomicLong NEXT = new AtomicLong(9_000_000);

    private ContactIds() {}

    /** An 18-character contact id that this JVM has not given out before. */
    public static String next() {
        return next(PREFIX);
    }

    /** Likewise, of another entity. */
    static String next(String prefix) {
        StringBuilder id = new StringBuilder();
        for (long rest = NEXT.addAndGet(41); id.length() < 5; rest /= DIGITS.length()) {
            id.insert(0, DIGITS.charAt((int) (rest % DIGITS.length())));
        }
        return toEighteen(prefix + INSTANCE + id);
    }

    /** Ids given out from now on come after these. */
    static void follow(Collection<String> ids) {
        for (String id : ids) {
            long number = 0;
            for (char c : id.substring(10, 15).toCharArray()) {
                number = number * DIGITS.length() + DIGITS.indexOf(c);
            }
            NEXT.accumulateAndGet(number, Math::max);
        }
    }

    /** The 18-character form of a 15-character id. */
    public static String toEighteen(String fifteen) {
        if (!fifteen.matches("[0-9A-Za-z]{15}")) {
            throw new IllegalArgumentException("'" + fifteen + "' is not an id of 15 letters and digits");
        }
        StringBuilder id = new StringBuilder(fifteen);
        for (int chunk = 0; chunk < 15; chunk += 5) {
            int bits = 0;
            for (int i = 0; i < 5; i++) {
                char c = fifteen.charAt(chunk + i);
                if (c >= 'A' && c <= 'Z') {
                    bits |= 1 << i;
                }
            }
            id.append(CHECKSUM.charAt(bits));
        }
        return id.toString();
    }

    /** Whether this is a contact's id: 15 characters, or 18 with a right checksum (in either case), beginning 003. */
    public static boolean isWellFormed(String id) {
        if (!id.startsWith(PREFIX) || !id.matches("[0-9A-Za-z]{15}([0-9A-Za-z]{3})?")) {
            return false;
        }
        return id.length() == 15
                || toEighteen(id.substring(0, 15)).endsWith(id.substring(15).toUpperCase(Locale.ROOT));
    }
}
