package io.recordsync.salesforce.stream;

import io.recordsync.network.Outbound;
import io.recordsync.network.Target;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The ends of the stream that are not Salesforce's: something in between that cuts silent connections does so after the same
 * silence each time, and is known by that.
 *
 * <p>Used by one thread.
 */
final class StreamCuts {

    /** So many equal ones in a row are no accident. */
    private static final int ENOUGH = 3;
    /** What is ended sooner was not silent: it was refused. */
    private static final Duration MIN_SILENCE = Duration.ofSeconds(3);

    private static final Duration MIN_TOLERANCE = Duration.ofMillis(1_500);

    private final String channel;
    private final LongSupplier nanos;
    private final Deque<Duration> silences = new ArrayDeque<>();
    private boolean open;
    private long activeAt;
    private String named;

    /** @param nanos {@link System#nanoTime} */
    StreamCuts(String channel, LongSupplier nanos) {
        this.channel = channel;
        this.nanos = nanos;
    }

    /** It is opened: what ends before that is no stream. */
    void opening() {
        open = false;
    }

    void opened() {
        open = true;
        activeAt = nanos.getAsLong();
    }

    /**
     * It has brought something.
     *
     * @return whether cuts that had a name are over: it was silent for longer than they ever let it
     */
    boolean responded() {
        Duration silence = silence();
        activeAt = nanos.getAsLong();
        boolean over = named != null && silence.compareTo(silences.getLast().multipliedBy(2)) > 0;
        if (over) {
            forget();
        }
        return over;
    }

    /**
     * It has ended.
     *
     * @return whether it was open for a while and was then cut on the way: opened again at once, it is open again
     */
    boolean ended(StreamFailure failure) {
        if (!open) {
            return false;
        }
        open = false;
        Duration silence = silence();
        boolean cut = failure.onTheWay() && silence.compareTo(MIN_SILENCE) >= 0;
        if (!cut || !silences.isEmpty() && !areEqual(silences.getLast(), silence)) {
            forget();
        }
        if (cut) {
            silences.add(silence);
            if (silences.size() > ENOUGH) {
                silences.remove();
            }
        }
        return cut;
    }

    /** The words for a person, once for all equal cuts in a row. */
    Optional<String> newName(StreamFailure failure, Outbound outbound, Target target) {
        if (named != null || silences.size() < ENOUGH || !areEqual(silences.getFirst(), silences.getLast())) {
            return Optional.empty();
        }
        long seconds = Math.round(silences.getLast().toMillis() / 1_000.0);
        String who = outbound.proxyFor(target.host())
                .map(proxy -> "the proxy " + proxy.getHostString() + ":" + proxy.getPort())
                .orElse("a proxy, load balancer or firewall on the way to " + target);
        named = "The stream of " + channel + " was cut " + ENOUGH + " times after " + seconds + " s of silence each: "
                + who + " ends silent connections (" + failure.code()
                + "). Nothing is lost, it is opened again each time;"
                + " have its time-out raised to 300 s or more (Salesforce sends something within 270 s)"
                + (failure.code().equals("INTERNAL")
                        ? ", in nginx grpc_read_timeout and client_body_timeout, in HAProxy timeout client and timeout"
                                + " server (or mode tcp): pings do not help there"
                        : ", or set stream.keepalive = " + keepalive(seconds));
        return Optional.of(named);
    }

    /** What they are called; null while they have no name. */
    String named() {
        return named;
    }

    private Duration silence() {
        return Duration.ofNanos(nanos.getAsLong() - activeAt);
    }

    private void forget() {
        silences.clear();
        named = null;
    }

    private static boolean areEqual(Duration one, Duration other) {
        Duration tolerance = one.dividedBy(10);
        return one.minus(other).abs().compareTo(tolerance.compareTo(MIN_TOLERANCE) > 0 ? tolerance : MIN_TOLERANCE)
                <= 0;
    }

    /** Half of what is let pass, and no less than what gRPC takes. */
    private static String keepalive(long seconds) {
        return Math.max(10, seconds / 2) + "s";
    }
}
