package io.recordsync.salesforce.stream;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import java.util.Arrays;

/**
 * What an end of the stream means, by the trailer {@code error-code} of the Pub/Sub API (its guide, "Handle Errors") or,
 * where there is none, by the gRPC status.
 *
 * @param kind what to do about it
 * @param wantsNewLogin whether the access token was refused, or may have been
 * @param advice what is known of the code, the same each time; empty for an unknown code
 * @param description for a person: the status, the code, the rpc id and what to mend; never the metadata sent
 */
record StreamFailure(Kind kind, boolean wantsNewLogin, String advice, String description) {

    /** A description may hold the whole answer of a proxy. */
    private static final int MOST_WORDS = 300;

    /** What to do about an end of the stream. */
    enum Kind {
        /** Open it again from the last position, soon. */
        TRANSIENT,
        /** A new login first. */
        CREDENTIALS,
        /** Open it again after a long wait; nothing else helps, or a person has to mend something. */
        SLOW,
        /** The position is of no use any more: resume at EARLIEST, never at LATEST. */
        POSITION_LOST
    }

    private enum Code {
        AUTH_ERROR("service.auth.error", Kind.CREDENTIALS, "logging in again"),
        AUTH_REFRESH("service.auth.refresh.invalid", Kind.CREDENTIALS, "logging in again"),
        PROTECTION("service.protection.triggered", Kind.SLOW, "Salesforce asks for fewer calls"),
        STREAM_LIMIT("service.protection.stream.limit.triggered", Kind.SLOW, "Salesforce asks for fewer streams"),
        CLIENT_LIMIT("concurrent.client.limit.exceeded", Kind.SLOW, "too many clients: stop another subscriber"),
        ALLOCATION(
                "subscription.limit.exceeded",
                Kind.SLOW,
                "the org's event delivery allocation is used up: it is renewed within 24 hours, more can be bought"),
        TOPIC_NOT_FOUND(
                "topic.not.found",
                Kind.SLOW,
                "Change Data Capture is not enabled for this entity in Setup, or salesforce.channel is misspelt"),
        CANNOT_SUBSCRIBE("subscription.topic.cannot.subscribe", Kind.SLOW, "this channel cannot be subscribed to"),
        TOPIC_PERMISSION("topic.meta.permission", Kind.SLOW, "give the user View All on the entity"),
        SCHEMA_PERMISSION("schema.meta.permission", Kind.SLOW, "give the user View All on the entity"),
        AUTH_HEADERS("service.auth.headers.invalid", Kind.SLOW, "the token, org id or instance URL was refused"),
        TENANT_LICENSE("service.tenant.license", Kind.SLOW, "the org has no licence for the Pub/Sub API"),
        FETCH_COUNT("subscription.fetch.requested.events.invalid", Kind.SLOW, "a defect of this service: report it"),
        FETCH_TOPIC("subscription.fetch.topic.mismatch", Kind.SLOW, "a defect of this service: report it"),
        REPLAY_CORRUPTED(
                "subscription.fetch.replayid.corrupted",
                Kind.POSITION_LOST,
                "the saved position is invalid or older than 72 hours"),
        REPLAY_VALIDATION(
                "subscription.fetch.replayid.validation.failed",
                Kind.POSITION_LOST,
                "the saved position is not known to Salesforce");

        final String code;
        final Kind kind;
        final String advice;

        Code(String code, Kind kind, String advice) {
            this.code = "sfdc.platform.eventbus.grpc." + code;
            this.kind = kind;
            this.advice = advice;
        }
    }

    // Only these two are read: a key that ends in -bin cannot be read as text, and killed a consumer before.
    private static final Metadata.Key<String> ERROR_CODE =
            Metadata.Key.of("error-code", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> RPC_ID = Metadata.Key.of("rpc-id", Metadata.ASCII_STRING_MARSHALLER);

    static StreamFailure of(StatusException end) {
        Status status = end.getStatus();
        String code = trailer(end, ERROR_CODE);
        String rpcId = trailer(end, RPC_ID);
        String words = status.getCode()
                + (code == null ? "" : " " + code)
                + (rpcId == null ? "" : " rpc_id " + rpcId)
                + (status.getDescription() == null ? "" : " (" + firstLine(status.getDescription()) + ")");
        boolean unauthenticated = status.getCode() == Status.Code.UNAUTHENTICATED;
        return Arrays.stream(Code.values())
                .filter(known -> known.code.equals(code))
                .findFirst()
                .map(known -> new StreamFailure(
                        known.kind,
                        unauthenticated || known.kind == Kind.CREDENTIALS,
                        known.advice,
                        words + ": " + known.advice))
                .orElseGet(() -> new StreamFailure(kindOf(status), unauthenticated, "", words));
    }

    private static String firstLine(String description) {
        String line = description.lines().findFirst().orElse("");
        return line.length() > MOST_WORDS ? line.substring(0, MOST_WORDS) + "…" : line;
    }

    private static Kind kindOf(Status status) {
        return switch (status.getCode()) {
            case UNAUTHENTICATED -> Kind.CREDENTIALS;
            case PERMISSION_DENIED, NOT_FOUND, UNIMPLEMENTED, RESOURCE_EXHAUSTED -> Kind.SLOW;
            default -> Kind.TRANSIENT;
        };
    }

    private static String trailer(StatusException end, Metadata.Key<String> key) {
        return end.getTrailers() == null ? null : end.getTrailers().get(key);
    }
}
