package io.recordsync.inbox;

import io.recordsync.deletion.SweepDemand;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Until when every deletion that Salesforce knows of is proven to be in the inbox, and the sweeps that are owed.
 *
 * <p>A demand (by {@link Intakes#accept} in one transaction with what caused it, or by {@link #demand}) stands until a sweep
 * that began after it has proven what it was for. One session sweeps at a time. Thread-safe; every act is one transaction
 * and throws {@link InboxException} when the database fails.
 */
public interface Coverage {

    /** How the reason of a sweep begins that a person ordered. */
    String ORDERED_BY = "ordered by ";

    void demand(SweepDemand demand);

    /**
     * A person orders a sweep.
     *
     * @param since from where; null = from the instant until which everything is proven
     */
    void order(String user, Instant since);

    /**
     * Takes back what persons ordered. What anything else demands stands.
     *
     * @return whether anything that was ordered was due
     */
    boolean withdraw();

    /**
     * Begins a sweep, if one is demanded or the last one that succeeded is longer ago than {@code period}, and no other live
     * session is at it. A session may begin again what it had begun.
     */
    Optional<Sweep> begin(Duration period);

    /**
     * The sweep found all that there is.
     *
     * @param coveredUntil up to here the interval is proven, by Salesforce's clock; coverage never moves back
     * @param answered whether that proves what was demanded before the sweep began; if not, it goes on being demanded
     * @param unproven the stretch that Salesforce can no longer tell about; null when there is none. It is added to what is
     *     unproven already
     * @throws InboxException also when the sweep is no longer this session's; then nothing is written
     */
    void finish(Sweep sweep, Instant coveredUntil, boolean answered, Stretch unproven);

    /** The sweep failed; what was demanded goes on being demanded. */
    void fail(Sweep sweep, String error);

    /** A person takes it upon himself that nothing was missed in what is unproven. @return what it was, if anything */
    Optional<Stretch> acceptUnproven();

    /**
     * Likewise, of the stretch that was shown.
     *
     * @param shown null where none was
     * @throws NotAsShownException when it is another one by now
     */
    Stretch acceptUnproven(Stretch shown);

    State state();

    /**
     * A sweep to be done.
     *
     * @param since from here: the instant until which everything was proven (at the beginning: the first start), or what
     *     the demand named
     * @param floor nothing committed before this is ours to delete: the first start, or what a person named
     * @param demand the number of the newest demand that it answers
     * @param reason for a person; {@link #PERIOD} when nobody demanded it
     * @param lagging the record lists that are not covered as far as the others, and from where they have to be
     */
    record Sweep(Instant since, Instant floor, long demand, String reason, Map<String, Instant> lagging) {

        /** Of a sweep that nobody demanded. */
        public static final String PERIOD = "period";

        public Sweep {
            lagging = Map.copyOf(lagging);
        }

        /** Whether it runs because a person ordered it, and for nothing else. */
        public boolean isOrdered() {
            return reason.startsWith(ORDERED_BY) && lagging.isEmpty();
        }

        public boolean demanded() {
            return !reason.equals(PERIOD);
        }

        /** Whether both are swept for one demand and the same lists, and the first has not answered it. */
        public boolean answersSame(Sweep other) {
            return demanded() && demand == other.demand && reason.equals(other.reason) && lagging.equals(other.lagging);
        }

        /** In which all lists are covered alike. */
        public Sweep(Instant since, Instant floor, long demand, String reason) {
            this(since, floor, demand, reason, Map.of());
        }
    }

    /** From inclusive, until exclusive. */
    record Stretch(Instant from, Instant until) {}

    /**
     * How it stands.
     *
     * @param coveredUntil null before the first start
     * @param lastAt when the last sweep that succeeded ended; null before the first
     * @param lastError of a sweep that failed since; null when none did
     * @param owed why a sweep is owed; null when none is
     * @param running whether a live session is at one
     * @param positionLost whether one is owed because the stream has a hole
     * @param unproven what Salesforce could no longer tell about, until a person accepts it; null when there is none
     * @param ordered whether one is due that a person ordered, and may withdraw
     */
    record State(
            Instant coveredUntil,
            Instant lastAt,
            String lastError,
            String owed,
            boolean running,
            boolean positionLost,
            Stretch unproven,
            boolean ordered) {

        public State(
                Instant coveredUntil,
                Instant lastAt,
                String lastError,
                String owed,
                boolean running,
                boolean positionLost,
                Stretch unproven) {
            this(coveredUntil, lastAt, lastError, owed, running, positionLost, unproven, false);
        }
    }
}
