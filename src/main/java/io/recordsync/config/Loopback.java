package io.recordsync.config;

import java.util.regex.Pattern;

/** The names of this very machine: what goes there in the clear is seen by nobody else. */
public final class Loopback {

    private static final Pattern NAMES =
            Pattern.compile("localhost|127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|::1|\\[::1]", Pattern.CASE_INSENSITIVE);

    private Loopback() {}

    /** @param host a name or an address, an IPv6 address with or without brackets */
    public static boolean is(String host) {
        return NAMES.matcher(host).matches();
    }
}
