package io.recordsync.doctor;

import io.recordsync.doctor.Finding.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What an examination found so far, in its order. Not thread-safe. */
public final class Findings {

    /**
     * A clock that is further away is worth a warning. Signed logins live for two minutes and more, and a sweep proves its
     * end by Salesforce's clock: a minute leaves room for both.
     */
    private static final Duration MAX_SKEW = Duration.ofSeconds(60);

    private final List<Finding> all = new ArrayList<>();

    public void ok(String check, String words) {
        all.add(new Finding(Level.OK, check, words));
    }

    public void warn(String check, String words) {
        all.add(new Finding(Level.WARN, check, words));
    }

    public void fail(String check, String words) {
        all.add(new Finding(Level.FAIL, check, words));
    }

    public void skip(String check, String words) {
        all.add(new Finding(Level.SKIP, check, words));
    }

    /** By the {@code Date} of an answer, which has whole seconds. */
    public void clock(String check, Answer answer) {
        if (answer.ahead().isEmpty()) {
            skip(check, "the answer bears no Date");
            return;
        }
        Duration ahead = answer.ahead().get();
        long seconds = ahead.abs().toSeconds();
        if (ahead.abs().compareTo(MAX_SKEW) > 0) {
            warn(
                    check,
                    "it is %s s %s this machine's → have this machine's clock set by NTP"
                            .formatted(seconds, ahead.isNegative() ? "behind" : "ahead of"));
        } else {
            ok(check, "%s s apart".formatted(seconds));
        }
    }

    public List<Finding> all() {
        return List.copyOf(all);
    }
}
