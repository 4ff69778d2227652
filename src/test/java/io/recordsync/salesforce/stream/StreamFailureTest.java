package io.recordsync.salesforce.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.recordsync.salesforce.stream.StreamFailure.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The codes are those of the Pub/Sub API guide, "Handle Errors", not those of the class under test. */
class StreamFailureTest {

    @ParameterizedTest
    @CsvSource({
        "service.unavailable,                            TRANSIENT,          away",
        "topic.api.unavailable,                          TRANSIENT,          channel",
        "schema.api.unavailable,                         TRANSIENT,          schema",
        "subscription.internal.error,                    TRANSIENT,          inside Salesforce",
        "service.auth.error,                             CREDENTIALS,        logging in again",
        "service.auth.refresh.invalid,                   CREDENTIALS,        logging in again",
        "service.protection.triggered,                   SLOW_DOWN,          fewer calls",
        "service.protection.stream.limit.triggered,      SLOW_DOWN,          fewer streams",
        "concurrent.client.limit.exceeded,               SLOW_DOWN,          too many subscribers",
        "subscription.limit.exceeded,                    ALLOCATION_USED_UP, more can be bought",
        "topic.not.found,                                CONFIGURATION,      Change Data Capture is not enabled",
        "subscription.topic.cannot.subscribe,            CONFIGURATION,      salesforce.channel",
        "topic.meta.permission,                          CONFIGURATION,      View All",
        "schema.meta.permission,                         CONFIGURATION,      View All",
        "service.auth.headers.invalid,                   CONFIGURATION,      salesforce.login-url",
        "service.tenant.license,                         CONFIGURATION,      licence",
        "subscription.fetch.requested.events.invalid,    CONFIGURATION,      report it",
        "subscription.fetch.topic.mismatch,              CONFIGURATION,      report it",
        "subscription.fetch.replayid.corrupted,          POSITION_LOST,      72 hours",
        "subscription.fetch.replayid.validation.failed,  POSITION_LOST,      not known"
    })
    void every_documented_code_has_its_class_and_its_advice_whatever_the_status(String code, Kind kind, String advice) {
        for (Status status : new Status[] {Status.INTERNAL, Status.UNAVAILABLE, Status.INVALID_ARGUMENT}) {
            StreamFailure failure = StreamFailure.of(ended(status, code));

            assertThat(failure.kind()).isEqualTo(kind);
            assertThat(failure.code()).isEqualTo(code);
            assertThat(failure.wantsNewLogin()).isEqualTo(kind == Kind.CREDENTIALS);
            assertThat(failure.description())
                    .contains(status.getCode().name(), "sfdc.platform.eventbus.grpc." + code, "rpc_id rpc-7")
                    .contains(advice);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "TRANSIENT,          false, false",
        "CREDENTIALS,        false, false",
        "SLOW_DOWN,          true,  false",
        "ALLOCATION_USED_UP, true,  true",
        "CONFIGURATION,      true,  true",
        "POSITION_LOST,      false, false"
    })
    void what_does_not_heal_soon_waits_long_and_what_a_person_must_mend_is_told(
            Kind kind, boolean waitsLong, boolean needsPerson) {
        assertThat(kind.waitsLong()).isEqualTo(waitsLong);
        assertThat(kind.needsPerson()).isEqualTo(needsPerson);
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            names = {"UNAVAILABLE", "INTERNAL", "CANCELLED", "UNKNOWN", "DEADLINE_EXCEEDED", "ABORTED", "DATA_LOSS"})
    void without_a_trailer_an_outage_is_transient(Status.Code code) {
        StreamFailure failure = StreamFailure.of(code.toStatus().asException());

        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure.wantsNewLogin()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            names = {"PERMISSION_DENIED", "NOT_FOUND", "UNIMPLEMENTED"})
    void without_a_trailer_what_a_person_must_mend_is_configuration(Status.Code code) {
        assertThat(StreamFailure.of(code.toStatus().asException()).kind()).isEqualTo(Kind.CONFIGURATION);
    }

    @Test
    void without_a_trailer_exhausted_resources_want_fewer_calls() {
        assertThat(StreamFailure.of(Status.RESOURCE_EXHAUSTED.asException()).kind())
                .isEqualTo(Kind.SLOW_DOWN);
    }

    @Test
    void unauthenticated_wants_a_new_login_with_and_without_a_trailer() {
        assertThat(StreamFailure.of(Status.UNAUTHENTICATED.asException()).kind())
                .isEqualTo(Kind.CREDENTIALS);
        assertThat(StreamFailure.of(Status.UNAUTHENTICATED.asException()).wantsNewLogin())
                .isTrue();
        assertThat(StreamFailure.of(ended(Status.UNAUTHENTICATED, "service.auth.headers.invalid"))
                        .wantsNewLogin())
                .isTrue();
    }

    @Test
    void a_code_that_nobody_knows_is_told_and_judged_by_its_status() {
        StreamFailure failure = StreamFailure.of(ended(Status.UNAVAILABLE, "something.new"));

        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure.description()).contains("something.new");
    }

    /** A consumer that read every trailer as text died of one whose key ends in -bin. */
    @Test
    void a_binary_trailer_is_left_alone() {
        StatusException end = ended(Status.INTERNAL, "subscription.internal.error");
        end.getTrailers()
                .put(Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER), new byte[] {0, -1});

        assertThat(StreamFailure.of(end).kind()).isEqualTo(Kind.TRANSIENT);
    }

    @Test
    void only_the_first_line_of_a_description_is_told() {
        String answer = "HTTP status code 503\nheaders: Metadata(set-cookie=sid)\nDATA\n<html>…";

        String told = StreamFailure.of(
                        Status.UNAVAILABLE.withDescription(answer).asException())
                .description();

        assertThat(told).contains("HTTP status code 503").doesNotContain("sid", "html", "\n");
    }

    /** In the words of grpc-java. */
    @Test
    void a_page_of_something_in_between_is_told_by_what_it_looks_like() {
        assertThat(described(
                        Status.UNAVAILABLE,
                        "HTTP status code 503\ninvalid content-type: text/html\nheaders:"
                                + " Metadata(:status=503,content-type=text/html)\nDATA-----------------------------\n"
                                + "<html><head><title>503 Service Unavailable</title></head></html>"))
                .contains("HTTP status code 503, an HTML page with the title \"503 Service Unavailable\"");
        assertThat(described(
                        Status.UNKNOWN,
                        "HTTP status code 301\ninvalid content-type: null\nheaders:"
                                + " Metadata(:status=301,location=https://portal.acme.example/login?sid=1,server=x)\n"
                                + "DATA-----------------------------\n"))
                .contains("HTTP status code 301, a redirect to https://portal.acme.example/login…")
                .doesNotContain("sid");
    }

    /** Its status says that a quota is used up, and asks for fewer calls. */
    @Test
    void pings_that_are_refused_are_no_quota_and_name_their_key() {
        StreamFailure failure = StreamFailure.of(Status.RESOURCE_EXHAUSTED
                .withDescription("Bandwidth exhausted\nHTTP/2 error code: ENHANCE_YOUR_CALM\nReceived Goaway\n"
                        + "too_many_pings")
                .asException());

        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure.onTheWay()).isFalse();
        assertThat(failure.description())
                .contains("the other end refuses pings this often; raise stream.keepalive, or set it to 0");
    }

    private static String described(Status status, String description) {
        return StreamFailure.of(status.withDescription(description).asException())
                .description();
    }

    @Test
    void a_long_description_is_cut() {
        Status status = Status.UNAVAILABLE.withDescription("x".repeat(100_000));

        assertThat(StreamFailure.of(status.asException()).description()).hasSizeLessThan(400);
    }

    private static StatusException ended(Status status, String code) {
        Metadata trailers = new Metadata();
        trailers.put(
                Metadata.Key.of("error-code", Metadata.ASCII_STRING_MARSHALLER), "sfdc.platform.eventbus.grpc." + code);
        trailers.put(Metadata.Key.of("rpc-id", Metadata.ASCII_STRING_MARSHALLER), "rpc-7");
        return status.withDescription("Refused").asException(trailers);
    }
}
