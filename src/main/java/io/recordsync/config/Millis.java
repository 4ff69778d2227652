package io.recordsync.config;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The reader of durations, by Camel's rules: milliseconds, or numbers with units as in {@code 1h30m}. */
final class Millis {

    private static final Pattern DURATION = Pattern.compile("(\\d+d)?(\\d+h)?(\\d+m)?(\\d+s)?(\\d+(ms)?)?");
    private static final TimeUnit[] UNITS = {
        TimeUnit.DAYS, TimeUnit.HOURS, TimeUnit.MINUTES, TimeUnit.SECONDS, TimeUnit.MILLISECONDS
    };

    private Millis() {}

    /** @throws IllegalArgumentException when the text is no duration */
    static Duration read(String text) {
        Matcher duration = DURATION.matcher(text);
        if (text.isEmpty() || !duration.matches()) {
            throw new IllegalArgumentException(text + " is no duration");
        }
        // A unit saturates at Long.MAX_VALUE, and a sum of two such parts overflows.
        Duration sum = Duration.ZERO;
        for (int i = 0; i < UNITS.length; i++) {
            String part = duration.group(i + 1);
            if (part != null) {
                sum = sum.plusMillis(UNITS[i].toMillis(Long.parseLong(part.replaceAll("\\D", ""))));
            }
        }
        return sum;
    }
}
