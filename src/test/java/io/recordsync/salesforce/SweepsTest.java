package io.recordsync.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.deletion.MissedReport;
import io.recordsync.deletion.SightState;
import io.recordsync.deletion.StreamReport;
import io.recordsync.deletion.StreamReport.State;
import io.recordsync.deletion.SweepDemand;
import io.recordsync.deletion.SweepReport;
import io.recordsync.inbox.Coverage;
import io.recordsync.inbox.Coverage.Stretch;
import io.recordsync.inbox.Inbox;
import io.recordsync.inbox.InboxException;
import io.recordsync.inbox.InboxSettings;
import io.recordsync.inbox.JdbcLedger;
import io.recordsync.inbox.Ledger.ProblemEntry;
import io.recordsync.inbox.ServedLists;
import io.recordsync.inbox.Sights.Seen;
import io.recordsync.inbox.Store;
import io.recordsync.inbox.database.Database;
import io.recordsync.salesforce.SalesforceAccess.RefusedException;
import io.recordsync.simulator.salesforce.ContactIds;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When it is swept, and when a demand is answered: with a real coverage, and answers of Salesforce made up here. */
class SweepsTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final InboxSettings SETTINGS =
            new InboxSettings(Duration.ofHours(24), Duration.ofMinutes(1), Duration.ofDays(400), "");

    @TempDir
    Path folder;

    private Store store;
    private Inbox inbox;
    private BreakableCoverage coverage;
    private final List<Long> missed = new ArrayList<>();
    private StreamReport stream = stream(State.CONNECTED, null);
    private Instant now = Instant.now().truncatedTo(ChronoUnit.MINUTES);

    @BeforeEach
    void open() {
        store = Store.open(Database.at("jdbc:sqlite:" + folder.resolve("inbox.db"), "", ""));
        inbox = Inbox.open(store, SETTINGS);
        inbox.intakes().subscribe("/data/ContactChangeEvent");
        coverage = new BreakableCoverage(inbox.coverage());
    }

    @AfterEach
    void close() {
        inbox.session().close();
        store.close();
    }

    @Test
    void none_begins_where_none_is_owed() {
        assertThat(sweeps(Duration.ZERO).begin()).isNull();
    }

    @Test
    void a_demand_is_answered_when_the_log_covers_the_instant_at_which_the_first_sweep_after_it_began()
            throws IOException {
        Sweeps sweeps = sweeps(Duration.ZERO);
        demand("first");
        sweep(sweeps, Duration.ofMinutes(3));
        assertThat(coverage.state().owed()).isEqualTo("first");

        // Time goes by; the log covers when the first sweep began, not yet when this one does.
        now = now.plus(Duration.ofMinutes(2));
        sweep(sweeps, Duration.ofMinutes(3));
        assertThat(coverage.state().owed()).isEqualTo("first");
        now = now.plus(Duration.ofMinutes(2));
        sweep(sweeps, Duration.ofMinutes(3));

        assertThat(coverage.state().owed()).isNull();
        assertThat(sweeps.begin()).isNull();
    }

    /** 3,000 of a bin were read again every second while the log stood still. */
    @Test
    void while_the_log_lags_behind_only_the_log_is_asked_from_where_it_ended() throws IOException {
        Sweeps sweeps = sweeps(Duration.ZERO);
        demand("first");
        sweep(sweeps, Duration.ofMinutes(3));
        Instant covered = now.minus(Duration.ofMinutes(3));

        now = now.plus(Duration.ofMinutes(2));
        Sweeping sweeping = sweeps.begin();

        assertThat(sweeping.question().path()).endsWith("/deleted/");
        assertThat(sweeping.question().query())
                .contains(covered.minus(Duration.ofMinutes(2))
                        .toString()
                        .substring(11, 16)
                        .replace(":", "%3A"));
    }

    /** What was not in the bin when it was read is not proven by a log that has moved on. */
    @Test
    void a_log_that_has_moved_on_proves_no_more_than_until_the_bin_was_read() throws IOException {
        Sweeps sweeps = sweeps(Duration.ZERO);
        now = now.plus(HOUR);
        demand("first");
        Instant read = now;
        sweep(sweeps, Duration.ofMinutes(3));

        now = now.plus(Duration.ofMinutes(30));
        sweep(sweeps, Duration.ZERO);

        assertThat(coverage.state().owed()).isNull();
        assertThat(coverage.state().coveredUntil()).isEqualTo(read);
    }

    @Test
    void a_newer_demand_has_the_bin_read_again() throws IOException {
        Sweeps sweeps = sweeps(Duration.ZERO);
        demand("first");
        sweep(sweeps, Duration.ofMinutes(3));
        demand("second");

        assertThat(sweeps.begin().question().path()).endsWith("/queryAll");
    }

    @Test
    void the_wait_for_a_log_that_stands_still_grows() throws IOException {
        Sweeps sweeps = sweeps(Duration.ofMillis(1));
        demand("first");
        for (int i = 0; i < 20; i++) {
            sweeps.wake();
            sweep(sweeps, Duration.ofMinutes(3));
        }

        assertThat(sweeps.begin()).isNull();
    }

    @Test
    void a_sweep_that_could_not_ask_everything_proves_nothing() throws IOException {
        Sweeps sweeps = sweeps(Duration.ZERO);
        demand("first");
        Sweeping sweeping = sweeps.begin();
        RefusedException refused = new RefusedException("Salesforce answered 400 INVALID_FIELD", "INVALID_FIELD");
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(now.atOffset(ZoneOffset.UTC));
        sweeps.refused(sweeping, refused, date);
        answer(sweeping, Duration.ZERO);

        assertThatThrownBy(() -> sweeps.finish(sweeping)).isSameAs(refused);

        assertThat(coverage.state().owed()).isEqualTo("first");
    }

    /** Without this a stream of gap events would keep a lost position red for good. */
    @Test
    void a_newer_demand_does_not_put_an_older_one_off() throws IOException {
        Sweeps sweeps = sweeps(Duration.ZERO);
        coverage.demand(new SweepDemand("lost", null, true));
        sweep(sweeps, Duration.ofMinutes(3));
        for (int i = 0; i < 2; i++) {
            assertThat(coverage.state().positionLost()).isTrue();
            demand("overflow " + i);
            now = now.plus(Duration.ofMinutes(2));
            sweep(sweeps, Duration.ofMinutes(3));
        }

        assertThat(coverage.state().positionLost()).isFalse();
        assertThat(coverage.state().owed()).isEqualTo("overflow 1");
    }

    @Test
    void it_waits_between_sweeps_unless_a_person_orders_one() throws IOException {
        Sweeps sweeps = sweeps(HOUR);
        demand("first");
        sweep(sweeps, Duration.ofMinutes(3));

        assertThat(sweeps.begin()).isNull();
        sweeps.wake();
        assertThat(sweeps.begin()).isNotNull();
    }

    @Test
    void what_a_person_ordered_and_took_back_ends_after_the_question_at_hand_and_proves_nothing() throws IOException {
        Sweeps sweeps = sweeps(Duration.ZERO);
        coverage.order("ada", null);
        Sweeping sweeping = sweeps.begin();
        assertThat(sweeping.unfinished()).isTrue();

        coverage.withdraw();
        sweeps.withdraw();

        assertThat(sweeping.unfinished()).isFalse();
        sweeps.finish(sweeping);
        assertThat(coverage.state().lastAt()).isNull();
        assertThat(coverage.state().running()).isFalse();
        assertThat(sweeps.begin()).isNull();
    }

    @Test
    void what_a_gap_demands_goes_on_when_a_person_takes_an_order_back() {
        Sweeps sweeps = sweeps(Duration.ZERO);
        demand("gap_overflow");
        coverage.order("ada", null);
        Sweeping sweeping = sweeps.begin();

        coverage.withdraw();
        sweeps.withdraw();

        assertThat(sweeping.unfinished()).isTrue();
    }

    @Test
    void a_sweep_that_failed_is_owed_and_waited_for_and_tells_why() {
        Sweeps sweeps = sweeps(HOUR);
        demand("first");

        sweeps.fail(sweeps.begin(), new IOException("Salesforce answered 503"));

        assertThat(coverage.state().owed()).isEqualTo("first");
        assertThat(coverage.state().lastError()).isEqualTo("Salesforce answered 503");
        assertThat(sweeps.begin()).isNull();
        sweeps.wake();
        assertThat(sweeps.begin()).isNotNull();
    }

    @Test
    void it_tells_what_the_sweep_that_runs_has_found_so_far_and_then_what_the_last_one_found() throws IOException {
        Sweeps sweeps = sweeps(Duration.ZERO);
        assertThat(sweeps.get()).isEqualTo(SweepReport.NONE);
        demand("first");
        Sweeping sweeping = sweeps.begin();
        assertThat(sweeps.get()).isEqualTo(new SweepReport(0, 0));

        String page =
                "{\"done\": false, \"nextRecordsUrl\": \"/services/data/v64.0/query/01g-2\", \"records\": [{\"Id\":"
                        + " \"003DL0000212DetYAE\", \"SystemModstamp\": \"" + now + "\"}]}";
        sweeping.read(json(page), DateTimeFormatter.RFC_1123_DATE_TIME.format(now.atOffset(ZoneOffset.UTC)), "")
                .forEachRemaining(
                        intake -> sweeps.accepted(sweeping, inbox.intakes().accept(intake)));

        assertThat(sweeps.get()).isEqualTo(new SweepReport(1, 1));
        answer(sweeping, Duration.ZERO);
        sweeps.finish(sweeping);
        assertThat(sweeps.get()).isEqualTo(new SweepReport(1, 1));
    }

    @Test
    void of_a_failure_of_the_network_only_the_kind_is_told() {
        assertThat(Sweeps.words(new RuntimeException(new java.net.ConnectException("https://secret.example"))))
                .isEqualTo("Salesforce was not reached (ConnectException)");
    }

    @Test
    void a_stretch_that_cannot_be_proven_is_told_once_while_a_demand_is_not_answered() throws IOException {
        Sweeps sweeps = sweeps(Duration.ZERO);
        Instant since = now.minus(Duration.ofDays(20));
        coverage.demand(new SweepDemand("ordered", since, false));

        sweep(sweeps, Duration.ofMinutes(3));
        Stretch unproven = coverage.acceptUnproven().orElseThrow();
        assertThat(unproven.from()).isEqualTo(since);
        // Swept again since then, because the log lagged behind: a person has confirmed it, and need not again.
        sweep(sweeps, Duration.ofMinutes(3));

        assertThat(coverage.state().unproven()).isNull();
        assertThat(new JdbcLedger(store).problems(10))
                .extracting(ProblemEntry::kind)
                .containsExactly("sweep_unproven");
    }

    @Test
    void a_stretch_that_could_not_be_written_down_is_told_again() throws IOException {
        Sweeps sweeps = sweeps(Duration.ZERO);
        coverage.demand(new SweepDemand("ordered", now.minus(Duration.ofDays(20)), false));
        coverage.broken = true;
        Sweeping sweeping = sweeps.begin();
        answer(sweeping, Duration.ZERO);
        assertThatThrownBy(() -> sweeps.finish(sweeping)).isInstanceOf(InboxException.class);
        coverage.broken = false;

        sweep(sweeps, Duration.ZERO);

        assertThat(coverage.state().unproven()).isNotNull();
    }

    /** The node that took over proves it again: what this one found unproven must be told then, not only in the log. */
    @Test
    void a_sweep_that_another_session_took_over_says_nothing_is_proven() throws IOException {
        Sweeps sweeps = sweeps(Duration.ZERO);
        coverage.demand(new SweepDemand("ordered", now.minus(Duration.ofDays(20)), false));
        inbox.intakes().pinOrg("00D000000000001AAA");
        Sweeping sweeping = sweeps.begin();
        answer(sweeping, Duration.ofMinutes(3));
        inbox.decisions().confirmOrg("00D000000000002AAA");
        assertThatThrownBy(() -> sweeps.finish(sweeping)).isInstanceOf(InboxException.class);
        coverage.demand(new SweepDemand("ordered", now.minus(Duration.ofDays(20)), false));

        sweep(sweeps, Duration.ofMinutes(3));

        assertThat(coverage.state().unproven()).isNotNull();
    }

    /** What it read while the user saw nothing may lack anything, though the user sees again at its end. */
    @Test
    void a_sweep_that_began_while_the_user_saw_nothing_proves_nothing_and_is_made_again() throws IOException {
        Sweeps sweeps = sweeps(HOUR);
        demand("first");
        inbox.sights().note(new Seen("Contact", SightState.LOST, "the user is blind", 0L, 0, ""));
        Instant covered = coverage.begin(HOUR).orElseThrow().since();
        now = now.plus(HOUR);

        Sweeping blind = sweeps.begin();
        answer(blind, Duration.ZERO);
        inbox.sights().note(new Seen("Contact", SightState.SEEN, "", 5L, 0, ""));
        sweeps.finish(blind);
        assertThat(coverage.state().coveredUntil()).isEqualTo(covered);
        assertThat(coverage.state().owed()).isEqualTo("first");

        sweep(sweeps, Duration.ZERO);
        assertThat(coverage.state().coveredUntil()).isAfter(covered);
        assertThat(coverage.state().owed()).isNull();
        assertThat(coverage.state().lastError()).isNull();
    }

    private Sweeps sweeps(Duration retry) {
        return new Sweeps(
                coverage,
                inbox.intakes(),
                new SyncedRecords(ServedLists.of(List.of("list-1")), "salesforce", List.of("003")),
                List.of("Contact"),
                "64.0",
                Duration.ofDays(1),
                HOUR,
                retry,
                sightings(),
                new MissedEvents(inbox.untold(), () -> stream, HOUR, missed::add));
    }

    private static StreamReport stream(State state, String error) {
        return new StreamReport("/data/ContactChangeEvent", state, null, null, error, Instant.EPOCH, Map.of());
    }

    @Test
    void what_a_sweep_finds_is_counted_where_a_connected_stream_has_not_told_it_within_the_time() throws IOException {
        Sweeps sweeps = sweeps(Duration.ZERO);
        now = now.plus(Duration.ofHours(3));
        coverage.order("kim", null);
        sweep(sweeps, now.minus(HOUR.multipliedBy(2)), now.minusSeconds(60));
        assertThat(missed).as("one is too young to say").containsExactly(1L);
        assertThat(inbox.untold().report()).isEqualTo(new MissedReport(1, List.of(1L)));

        now = now.plus(HOUR);
        coverage.order("kim", null);
        stream = stream(State.WAITING, null);
        sweep(sweeps, now.minus(HOUR));
        assertThat(missed).as("a stream that is away will tell").hasSize(1);
        stream = stream(State.CONNECTED, "what it brought cannot be accepted");
        sweeps.begin();
        assertThat(missed).hasSize(1);
    }

    @Test
    void what_is_found_because_of_a_gap_is_no_surprise() throws IOException {
        Sweeps sweeps = sweeps(Duration.ZERO);
        now = now.plus(Duration.ofHours(3));
        demand("GAP_OVERFLOW");

        sweep(sweeps, now.minus(HOUR.multipliedBy(2)));

        assertThat(missed).isEmpty();
        assertThat(inbox.untold().report()).isEqualTo(MissedReport.NONE);
    }

    /** The Recycle Bin holds contacts that were deleted then. */
    private void sweep(Sweeps sweeps, Instant... deletedAt) throws IOException {
        Sweeping sweeping = sweeps.begin();
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(now.atOffset(ZoneOffset.UTC));
        String rows = Stream.of(deletedAt)
                .map(at -> "{\"Id\": \"" + ContactIds.next() + "\", \"SystemModstamp\": \"" + at + "\"}")
                .collect(Collectors.joining(","));
        sweeping.read(json("{\"done\": true, \"records\": [" + rows + "]}"), date, "")
                .forEachRemaining(intake -> inbox.intakes().accept(intake));
        answer(sweeping, Duration.ZERO);
        sweeps.finish(sweeping);
    }

    private Sightings sightings() {
        return new Sightings(inbox.sights(), List.of("Contact"), List.of("003"), "64.0");
    }

    private void demand(String reason) {
        coverage.demand(new SweepDemand(reason, null, false));
    }

    private void sweep(Sweeps sweeps, Duration lag) throws IOException {
        Sweeping sweeping = sweeps.begin();
        answer(sweeping, lag);
        sweeps.finish(sweeping);
    }

    private void answer(Sweeping sweeping, Duration lag) throws IOException {
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(now.atOffset(ZoneOffset.UTC));
        while (sweeping.unfinished()) {
            String body = sweeping.question().path().endsWith("/deleted/")
                    ? "{\"deletedRecords\": [], \"earliestDateAvailable\": \"2026-01-01T00:00:00.000+0000\","
                            + " \"latestDateCovered\": \"" + now.minus(lag) + "\"}"
                    : "{\"done\": true, \"records\": []}";
            sweeping.read(json(body), date, "").forEachRemaining(intake -> {});
        }
    }

    private static InputStream json(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The real one, whose database can go away in the wrong moment. */
    private static final class BreakableCoverage implements Coverage {

        private final Coverage coverage;
        private boolean broken;

        BreakableCoverage(Coverage coverage) {
            this.coverage = coverage;
        }

        @Override
        public void demand(SweepDemand demand) {
            coverage.demand(demand);
        }

        @Override
        public void order(String user, Instant since) {
            coverage.order(user, since);
        }

        @Override
        public boolean withdraw() {
            return coverage.withdraw();
        }

        @Override
        public Optional<Sweep> begin(Duration period) {
            return coverage.begin(period);
        }

        @Override
        public void finish(Sweep sweep, Instant coveredUntil, boolean answered, Stretch unproven) {
            if (broken) {
                throw new InboxException("the database is away", null);
            }
            coverage.finish(sweep, coveredUntil, answered, unproven);
        }

        @Override
        public void fail(Sweep sweep, String error) {
            coverage.fail(sweep, error);
        }

        @Override
        public Optional<Stretch> acceptUnproven() {
            return coverage.acceptUnproven();
        }

        @Override
        public Stretch acceptUnproven(Stretch shown) {
            return coverage.acceptUnproven(shown);
        }

        @Override
        public State state() {
            return coverage.state();
        }
    }
}
