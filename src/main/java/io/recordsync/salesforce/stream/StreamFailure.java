package io.recordsync.salesforce.stream;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.recordsync.network.Looks;
import io.recordsync.network.Outbound;
import io.recordsync.network.Target;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an end of the stream means, by the trailer {@code error-code} of the Pub/Sub API (its guide, "Handle Errors") or,
 * where there is none, by the gRPC status.
 *
 * @param kind what to do about it
 * @param code without the common prefix; the gRPC status where there is none
 * @param wantsNewLogin whether the access token was refused, or may have been
 * @param onTheWay whether it may be something in between that has ended it: Salesforce has given no reason
 * @param unexplained whether it is refused, and no code that is known says why
 * @param description for a person: the status, the code, the rpc id and what to fix; never the metadata sent
 */
record StreamFailure(
        Kind kind, String code, boolean wantsNewLogin, boolean onTheWay, boolean unexplained, String description) {

    private static final String PREFIX = "sfdc.platform.eventbus.grpc.";

    /** A description may hold the whole answer of a proxy. */
    private static final int MAX_DESCRIPTION = 300;

    /** As proxies and balancers end a stream, by what grpc-java makes of it. */
    private static final Set<Status.Code> ON_THE_WAY = EnumSet.of(Status.Code.UNAVAILABLE, Status.Code.INTERNAL);

    /** Nobody refuses: there is no answer. */
    private static final Set<Status.Code> AWAY =
            EnumSet.of(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED, Status.Code.CANCELLED);

    /** How grpc-java shows an answer that is not gRPC's. */
    private static final Pattern HTTP_STATUS = Pattern.compile("^HTTP status code (\\d{3})");

    private static final Pattern LOCATION = Pattern.compile("[(,]location=([^,)]+)");
    private static final String PAGE = "DATA-----------------------------";

    /** No quota is used up, although the status says so. */
    private static final Pattern TOO_MANY = Pattern.compile("too_many_pings|Bandwidth exhausted");

    private static final String TOO_MANY_PINGS =
            ": the other end refuses pings this often; raise stream.keepalive, or set it to 0 where no proxy needs it";

    /** What to do about an end of the stream. */
    enum Kind {
        /** Open it again from the last position, soon. */
        TRANSIENT,
        /** A new login first. */
        CREDENTIALS,
        /** Open it again after a long wait: asking more often makes it worse. */
        SLOW_DOWN,
        /** Nothing helps for hours but buying more: one ERROR, and it is tried seldom. */
        ALLOCATION_USED_UP,
        /** A person has to fix something: one ERROR, and it is tried seldom. */
        CONFIGURATION,
        /** The position is useless: resume at EARLIEST, never at LATEST. */
        POSITION_LOST;

        boolean waitsLong() {
            return this == SLOW_DOWN || needsPerson();
        }

        boolean needsPerson() {
            return this == ALLOCATION_USED_UP || this == CONFIGURATION;
        }
    }

    /**
     * A row of the table: an error code, its kind, and what the operator should know or do.
     */
    private record Row(String code, Kind kind, String advice) {}

    private static final List<Row> TABLE = List.of(
            new Row("service.unavailable", Kind.TRANSIENT, "Salesforce is away for a while"),
            new Row("topic.api.unavailable", Kind.TRANSIENT, "Salesforce cannot look up the channel for a while"),
            new Row("schema.api.unavailable", Kind.TRANSIENT, "Salesforce cannot give the schema for a while"),
            new Row("subscription.internal.error", Kind.TRANSIENT, "an error inside Salesforce"),
            new Row("service.auth.error", Kind.CREDENTIALS, "logging in again"),
            new Row("service.auth.refresh.invalid", Kind.CREDENTIALS, "logging in again"),
            new Row("service.protection.triggered", Kind.SLOW_DOWN, "Salesforce asks for fewer calls"),
            new Row("service.protection.stream.limit.triggered", Kind.SLOW_DOWN, "Salesforce asks for fewer streams"),
            new Row("concurrent.client.limit.exceeded", Kind.SLOW_DOWN, "the org has too many subscribers: stop one"),
            new Row(
                    "subscription.limit.exceeded",
                    Kind.ALLOCATION_USED_UP,
                    "the org's event delivery allocation is used up: it is renewed within 24 hours, more can be bought"),
            new Row(
                    "topic.not.found",
                    Kind.CONFIGURATION,
                    "Change Data Capture is not enabled for Contact in Setup, or salesforce.channel is misspelt"),
            new Row(
                    "subscription.topic.cannot.subscribe",
                    Kind.CONFIGURATION,
                    "salesforce.channel names what cannot be subscribed to: a change data capture channel is expected"),
            new Row(
                    "topic.meta.permission",
                    Kind.CONFIGURATION,
                    "the integration user may not read the channel: give it View All on Contact"),
            new Row(
                    "schema.meta.permission",
                    Kind.CONFIGURATION,
                    "the integration user may not read the schema: give it View All on Contact"),
            new Row(
                    "service.auth.headers.invalid",
                    Kind.CONFIGURATION,
                    "Salesforce refuses the token, instance URL or org id of the login: check salesforce.login-url and"
                            + " what a proxy does to the headers"),
            new Row(
                    "service.tenant.license",
                    Kind.CONFIGURATION,
                    "the org has no licence for the Pub/Sub API: ask Salesforce for it"),
            new Row(
                    "subscription.fetch.requested.events.invalid",
                    Kind.CONFIGURATION,
                    "this service asks for a wrong number of events: report it as a defect"),
            new Row(
                    "subscription.fetch.topic.mismatch",
                    Kind.CONFIGURATION,
                    "this service asks for two channels on one stream: report it as a defect"),
            new Row(
                    "subscription.fetch.replayid.corrupted",
                    Kind.POSITION_LOST,
                    "the saved position is invalid or older than 72 hours"),
            new Row(
                    "subscription.fetch.replayid.validation.failed",
                    Kind.POSITION_LOST,
                    "the saved position is not known to Salesforce"));

    // Only these two are read: a key that ends in -bin cannot be read as text, and killed a consumer before.
    private static final Metadata.Key<String> ERROR_CODE =
            Metadata.Key.of("error-code", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> RPC_ID = Metadata.Key.of("rpc-id", Metadata.ASCII_STRING_MARSHALLER);

    static StreamFailure of(StatusException end) {
        Status status = end.getStatus();
        String code = trailer(end, ERROR_CODE);
        String rpcId = trailer(end, RPC_ID);
        Optional<Row> row = TABLE.stream()
                .filter(known -> (PREFIX + known.code()).equals(code))
                .findFirst();
        boolean pings = code == null
                && TOO_MANY.matcher(String.valueOf(status.getDescription())).find();
        Kind kind = row.map(Row::kind).orElseGet(() -> pings ? Kind.TRANSIENT : kindOf(status));
        return new StreamFailure(
                kind,
                row.map(Row::code).orElse(code == null ? status.getCode().toString() : firstLine(code)),
                kind == Kind.CREDENTIALS || status.getCode() == Status.Code.UNAUTHENTICATED,
                code == null && ON_THE_WAY.contains(status.getCode()),
                row.isEmpty() && !pings && !AWAY.contains(status.getCode()),
                status.getCode()
                        + (code == null ? "" : " " + firstLine(code))
                        + (rpcId == null ? "" : " rpc_id " + firstLine(rpcId))
                        + (status.getDescription() == null ? "" : " (" + said(status.getDescription()) + ")")
                        + row.map(known -> ": " + known.advice()).orElse(pings ? TOO_MANY_PINGS : ""));
    }

    /** The description, and what is wrong on the way to the host, if anything is. */
    static String describe(StatusException end, Outbound outbound, Target target) {
        return of(end).description()
                + outbound.explain(target, end).map(words -> ": " + words).orElse("");
    }

    /** The first line; and of an answer that is not gRPC's, as something in between gives it, what it looks like. */
    private static String said(String description) {
        Matcher http = HTTP_STATUS.matcher(description);
        if (!http.find()) {
            return firstLine(description);
        }
        int page = description.indexOf(PAGE);
        Matcher location = LOCATION.matcher(description);
        return firstLine(description) + ", "
                + Looks.of(
                        Integer.parseInt(http.group(1)),
                        null,
                        location.find() ? location.group(1) : null,
                        page < 0 ? "" : description.substring(page + PAGE.length()));
    }

    private static String firstLine(String description) {
        String line = description.lines().findFirst().orElse("");
        return line.length() > MAX_DESCRIPTION ? line.substring(0, MAX_DESCRIPTION) + "…" : line;
    }

    private static Kind kindOf(Status status) {
        return switch (status.getCode()) {
            case UNAUTHENTICATED -> Kind.CREDENTIALS;
            case RESOURCE_EXHAUSTED -> Kind.SLOW_DOWN;
            case PERMISSION_DENIED, NOT_FOUND, UNIMPLEMENTED -> Kind.CONFIGURATION;
            default -> Kind.TRANSIENT;
        };
    }

    private static String trailer(StatusException end, Metadata.Key<String> key) {
        return end.getTrailers() == null ? null : end.getTrailers().get(key);
    }
}
