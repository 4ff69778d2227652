package io.recordsync.salesforce.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.Status;
import io.recordsync.config.NetworkSettings;
import io.recordsync.config.Secret;
import io.recordsync.network.Outbound;
import io.recordsync.network.Target;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StreamCutsTest {

    private static final Target PUBSUB = new Target("pubsub.example", 7443);
    /** As squid and HAProxy do it. */
    private static final StreamFailure CUT =
            failure(Status.UNAVAILABLE.withDescription("Network closed for unknown reason"));

    private long now = 17;
    private Outbound outbound = Outbound.direct();
    private final StreamCuts cuts = new StreamCuts("/data/ContactChangeEvent", () -> now);

    @Test
    void cuts_after_equal_silences_are_named_after_the_third_and_once() {
        assertThat(cutAfter(20_000)).isEmpty();
        assertThat(cutAfter(20_400)).isEmpty();
        assertThat(cuts.named()).isNull();

        assertThat(cutAfter(19_700))
                .contains(
                        "The stream of /data/ContactChangeEvent was cut 3 times after 20 s of silence each: a proxy, load"
                                + " balancer or firewall on the way to pubsub.example:7443 ends silent connections (UNAVAILABLE)."
                                + " Nothing is lost, it is opened again each time; have its time-out raised to 300 s or more"
                                + " (Salesforce sends something within 270 s), or set stream.keepalive = 10s");

        assertThat(cutAfter(20_000)).isEmpty();
        assertThat(cuts.named()).isNotNull();
    }

    @Test
    void the_proxy_is_named_where_there_is_one() {
        outbound = new Outbound(new NetworkSettings("proxy.example", 3128, "", Secret.NONE, List.of(), ""));
        cutAfter(60_000);
        cutAfter(60_000);

        assertThat(cutAfter(60_000).orElseThrow())
                .contains("the proxy proxy.example:3128 ends silent", "stream.keepalive = 30s");
    }

    /** nginx and HAProxy with mode http answer pings themselves. */
    @Test
    void where_pings_do_not_help_they_are_not_advised() {
        StreamFailure cut = failure(Status.INTERNAL.withDescription("Received unexpected EOS on empty DATA frame"));
        cutAfter(50_000, cut);
        cutAfter(50_000, cut);

        assertThat(cutAfter(50_000, cut).orElseThrow())
                .contains("grpc_read_timeout and client_body_timeout", "mode tcp", "pings do not help")
                .doesNotContain("stream.keepalive");
    }

    @Test
    void silence_counts_from_the_last_response() {
        for (int i = 0; i < 2; i++) {
            cuts.opened();
            pass(7_000 * i);
            cuts.responded();
            pass(20_000);
            assertThat(cuts.ended(CUT)).isTrue();
        }

        assertThat(cutAfter(20_000)).isPresent();
    }

    @Test
    void cuts_after_unequal_silences_have_no_name() {
        for (int seconds : List.of(20, 41, 20, 90, 35)) {
            assertThat(cutAfter(seconds * 1_000)).isEmpty();
        }
    }

    @Test
    void what_ends_at_once_or_has_a_reason_of_salesforces_is_no_cut() {
        for (int i = 0; i < 5; i++) {
            assertThat(cutAfter(900)).isEmpty();
        }
        Metadata trailers = new Metadata();
        trailers.put(
                Metadata.Key.of("error-code", Metadata.ASCII_STRING_MARSHALLER),
                "sfdc.platform.eventbus.grpc.service.unavailable");
        StreamFailure away = StreamFailure.of(Status.UNAVAILABLE.asException(trailers));
        for (int i = 0; i < 5; i++) {
            assertThat(cutAfter(20_000, away)).isEmpty();
        }
        assertThat(cuts.ended(away)).isFalse();
    }

    /** While nothing can be connected to, the pauses have to grow. */
    @Test
    void a_connection_that_does_not_come_about_is_no_cut_and_does_not_end_the_row() {
        cutAfter(20_000);
        for (int i = 0; i < 3; i++) {
            cuts.opening();
            pass(20_000);
            assertThat(cuts.ended(CUT)).isFalse();
        }
        cutAfter(20_000);

        assertThat(cutAfter(20_000)).isPresent();
    }

    @Test
    void a_silence_that_is_let_pass_ends_the_name() {
        cutAfter(20_000);
        cutAfter(20_000);
        cutAfter(20_000);
        cuts.opened();
        pass(5_000);
        assertThat(cuts.responded()).isFalse();

        pass(60_000);
        assertThat(cuts.responded()).isTrue();
        assertThat(cuts.named()).isNull();
        assertThat(cuts.responded()).isFalse();
    }

    private Optional<String> cutAfter(long millis) {
        return cutAfter(millis, CUT);
    }

    private Optional<String> cutAfter(long millis, StreamFailure failure) {
        cuts.opened();
        pass(millis);
        cuts.ended(failure);
        return cuts.newName(failure, outbound, PUBSUB);
    }

    private void pass(long millis) {
        now += Duration.ofMillis(millis).toNanos();
    }

    private static StreamFailure failure(Status status) {
        return StreamFailure.of(status.asException());
    }
}
