package io.recordsync.simulator.salesforce;

import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/**
 * A Salesforce org on 127.0.0.1: it publishes what it is told, refuses what the real one refuses, and remembers all.
 *
 * <p>Thread-safe. What is published reaches every open stream that has asked for events, in order, before the call
 * returns; acts upon streams concern those that are open and return how many these were. Facts by the Pub/Sub API,
 * Change Data Capture and REST API guides.
 *
 * <pre>{@code
 * try (SalesforceSimulator salesforce = SalesforceSimulator.start()) {
 *     service.start(salesforce.loginUrl(), salesforce.pubsubHost(), salesforce.pubsubPort());
 *     salesforce.recording().awaitSubscription(1);
 *     salesforce.publishDelete(ContactIds.next(), ContactIds.next());
 *     salesforce.completeStream();
 *     salesforce.recording().awaitSubscription(2);
 *     assertThat(deleted()).isEqualTo(salesforce.publishedDeletes());
 * }
 * }</pre>
 */
public final class SalesforceSimulator implements AutoCloseable {

    /** What {@link #start()} takes for credentials. */
    public static final String CLIENT_ID = "3MVG9.simulated-client";

    public static final String CLIENT_SECRET = "simulated-secret";

    private static final int FEW_MIB = 4_700_000;

    /** What no log may show. */
    private static final Map<String, Object> PERSON = Map.of(
            "Name",
            Map.of("FirstName", "Ada", "LastName", "Lovelace"),
            "MailingAddress",
            Map.of("Street", "12 St James's Square", "City", "London", "Latitude", 51.507),
            "Email",
            "ada@example.org",
            "Phone",
            "+12125550100",
            "CreatedDate",
            1_771_000_000_000L);

    private final Clock clock;
    private final Recording recording;
    private final Contacts contacts;
    private final Tokens tokens;
    private final RestApi rest;
    private final SalesforceHttp http;
    private final PubSubService pubsub;
    private final Server grpc;
    private final TcpRelay httpRelay;
    private final TcpRelay grpcRelay;
    private final boolean secure;
    private final boolean light;
    private final ScheduledExecutorService timer;

    private SalesforceSimulator(Builder builder) {
        secure = builder.tls != null;
        clock = builder.clock;
        recording = new Recording(builder.patience);
        light = builder.light;
        if (light) {
            recording.light();
        }
        contacts = new Contacts(builder.clock);
        tokens = new Tokens(builder.clock, recording, builder.clientId, builder.clientSecret);
        rest = new RestApi(builder.clock, contacts);
        http = new SalesforceHttp(builder.clock, recording, tokens, rest);
        httpRelay = new TcpRelay(builder.httpPort, http.port(), builder.tls, http::date);
        tokens.url(loginUrl());
        pubsub = new PubSubService(builder.clock, recording, builder.journal);
        builder.topics.forEach(pubsub::topic);
        try {
            NettyServerBuilder server =
                    NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            if (builder.permitsPings) {
                server.permitKeepAliveTime(1, TimeUnit.SECONDS);
            }
            grpc = server.addService(pubsub).intercept(tokens).build().start();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot listen on 127.0.0.1", e);
        }
        grpcRelay = new TcpRelay(builder.pubsubPort, grpc.getPort(), builder.tls);
        timer = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "simulated-salesforce-timer");
            thread.setDaemon(true);
            return thread;
        });
        timer.scheduleWithFixedDelay(pubsub::tick, 20, 20, TimeUnit.MILLISECONDS);
    }

    /** An org on ports that are free. */
    public static SalesforceSimulator start() {
        return builder().start();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** What must be known before it starts. */
    public static final class Builder {

        private Clock clock = Clock.systemUTC();
        private int httpPort;
        private int pubsubPort;
        private String clientId = CLIENT_ID;
        private String clientSecret = CLIENT_SECRET;
        private Duration patience = Duration.ofSeconds(10);
        private final List<String> topics = new ArrayList<>();
        private Path journal;
        private SSLContext tls;
        private boolean light;
        private boolean permitsPings;

        private Builder() {}

        /** The Pub/Sub API takes pings that come more often than every five minutes, which a default server does not. */
        public Builder permitsPings() {
            permitsPings = true;
            return this;
        }

        /** The clock of tokens, commits and retention; keepalives and deadlines run on real time. */
        public Builder clock(Clock value) {
            clock = value;
            return this;
        }

        public Builder ports(int http, int pubsub) {
            httpPort = http;
            pubsubPort = pubsub;
            return this;
        }

        public Builder credentials(String id, String secret) {
            clientId = id;
            clientSecret = secret;
            return this;
        }

        /** A custom channel beside /data/ContactChangeEvent and /data/ChangeEvents; it carries every entity. */
        public Builder channel(String name) {
            topics.add(name);
            return this;
        }

        /** How long the recording's waits wait (default 10 s). */
        public Builder patience(Duration value) {
            patience = value;
            return this;
        }

        /** The newest events and their replay ids are kept in this file, and are there again after a restart. */
        public Builder journal(Path file) {
            journal = file;
            return this;
        }

        /** All of it speaks TLS, with this key. */
        public Builder tls(SSLContext value) {
            tls = value;
            return this;
        }

        /**
         * For a benchmark: the recording keeps nothing of events, and no relay stands before the Pub/Sub API, so that its network
         * cannot be cut. What is refused stays the same.
         */
        public Builder light() {
            light = true;
            return this;
        }

        public SalesforceSimulator start() {
            return new SalesforceSimulator(this);
        }
    }

    // ---- where it is

    /** Also the instance URL that tokens lead to. */
    public String loginUrl() {
        return (secure ? "https" : "http") + "://127.0.0.1:" + httpRelay.port();
    }

    /** Tokens lead there from now on, whoever is there. */
    public void instanceUrl(String url) {
        tokens.instanceUrl(url);
    }

    public String pubsubHost() {
        return "127.0.0.1";
    }

    public int pubsubPort() {
        return light ? grpc.getPort() : grpcRelay.port();
    }

    /** How many TCP connections came in since the start: to the token endpoint and the REST API, and to the Pub/Sub API. */
    public int httpConnections() {
        return httpRelay.accepted();
    }

    public int pubsubConnections() {
        return grpcRelay.accepted();
    }

    public String orgId() {
        return tokens.orgId();
    }

    public Recording recording() {
        return recording;
    }

    /** The truth to compare with: see {@link Recording#publishedDeletes()}. */
    public Set<String> publishedDeletes() {
        return recording.publishedDeletes();
    }

    // ---- publishing

    /**
     * Publishes events, each a transaction of its own; returns their event ids, as every call here does. A DELETE or an
     * UNDELETE has happened to the contacts that it names.
     */
    public List<String> publish(ChangeEvent... events) {
        happened(List.of(events));
        return pubsub.publish(Arrays.stream(events).map(List::of).toList());
    }

    /** Publishes events that share one replay id; transaction keys and sequence numbers are made to agree. */
    public List<String> publishTransaction(ChangeEvent... events) {
        String key = ChangeEvent.newTransactionKey();
        List<ChangeEvent> transaction = new ArrayList<>();
        for (ChangeEvent event : events) {
            transaction.add(event.inTransaction(key, transaction.size() + 1));
        }
        happened(transaction);
        return pubsub.publish(List.of(transaction));
    }

    private void happened(List<ChangeEvent> events) {
        for (ChangeEvent event : events) {
            boolean deleted = event.type() == ChangeEvent.Type.DELETE;
            if (event.entityName().equals("Contact") && (deleted || event.type() == ChangeEvent.Type.UNDELETE)) {
                Instant at = event.commitTimestamp() == null ? clock.instant() : event.commitTimestamp();
                event.recordIds().forEach(id -> contacts.told(id, deleted, at));
            }
        }
    }

    /** Publishes one DELETE for each contact. */
    public List<String> publishDelete(String... contactIds) {
        return publishDelete(List.of(contactIds));
    }

    public List<String> publishDelete(Collection<String> contactIds) {
        return publish(contactIds.stream().map(ChangeEvent::delete).toArray(ChangeEvent[]::new));
    }

    /** Publishes one DELETE that names all of them. */
    public List<String> publishMergedDelete(String... contactIds) {
        return publish(ChangeEvent.delete(contactIds));
    }

    /** Publishes an event whose payload no schema can read. */
    public String publishUndecodable() {
        return pubsub.publishUndecodable();
    }

    /** Publishes a DELETE for each that together weigh more than the 4 MiB that gRPC takes by default. */
    public List<String> publishLarge(String... contactIds) {
        Map<String, Object> padding = Map.of("Description", "x".repeat(FEW_MIB / contactIds.length));
        return publish(Arrays.stream(contactIds)
                .map(id -> ChangeEvent.delete(id).withFields(padding))
                .toArray(ChangeEvent[]::new));
    }

    /** An administrator adds a field: events have a new schema id from now on. */
    public void changeSchema() {
        pubsub.changeSchema(false);
    }

    /** Likewise, but GetSchema does not find the new schema until {@link #revealSchemas()}. */
    public void changeSchemaHidden() {
        pubsub.changeSchema(true);
    }

    public void revealSchemas() {
        pubsub.revealSchemas();
    }

    // ---- contacts, with the events that Salesforce would publish

    /** Creates contacts and returns their ids. */
    public List<String> createContacts(int n) {
        List<String> ids = contacts.create(n);
        publish(ids.stream()
                .map(id -> ChangeEvent.create(id).withFields(PERSON))
                .toArray(ChangeEvent[]::new));
        return ids;
    }

    /** Contacts of an earlier life of this org: no event tells of them, and no id is given out again. */
    public void restoreContacts(Collection<String> living, Collection<String> deleted) {
        contacts.restore(living);
        ContactIds.follow(living);
        ContactIds.follow(deleted);
    }

    /**
     * Creates records of another entity, which the REST API serves from then on; no event tells of them.
     *
     * @param prefix with which their ids begin
     */
    public List<String> createRecords(String entity, String prefix, int n) {
        rest.serve(entity, prefix);
        return contacts.create(n, prefix);
    }

    /** Deletes a record of another entity. */
    public void deleteRecord(String entity, String id) {
        contacts.delete(id, null);
        publish(ChangeEvent.delete(id).ofEntity(entity));
    }

    public void updateContact(String id) {
        contacts.touch(id);
        publish(ChangeEvent.update(id).withFields(Map.of("MobilePhone", "+12125550199", "DoNotCall", true)));
    }

    public void deleteContact(String id) {
        contacts.delete(id, null);
        publish(ChangeEvent.delete(id));
    }

    public void undeleteContact(String id) {
        contacts.undelete(id);
        publish(ChangeEvent.undelete(id));
    }

    /** The losers are deleted, in one event, and their MasterRecordId is the winner. */
    public void mergeContacts(String winner, String... losers) {
        contacts.touch(winner);
        Arrays.stream(losers).forEach(loser -> contacts.delete(loser, winner));
        String key = ChangeEvent.newTransactionKey();
        publish(
                ChangeEvent.update(winner).inTransaction(key, 1),
                ChangeEvent.delete(losers).inTransaction(key, 2));
    }

    /** Deletes without any event, as behind a GAP_OVERFLOW: only the REST API tells. */
    public void deleteContactsUnseen(Collection<String> ids) {
        ids.forEach(id -> contacts.delete(id, null));
    }

    /** Restores without any event, as behind a GAP_OVERFLOW. */
    public void undeleteContactsUnseen(Collection<String> ids) {
        ids.forEach(contacts::undelete);
    }

    /** Empties these from the Recycle Bin; no event tells it. */
    public void purge(String... ids) {
        contacts.purge(List.of(ids));
    }

    /** The delete log loses what is older, and says so by earliestDateAvailable. */
    public void trimDeleteLog(Instant begin) {
        contacts.trimDeleteLog(begin);
    }

    /**
     * The Recycle Bin is emptied by an administrator: the delete log loses what is older, and getDeleted refuses to be asked
     * about it (SOAP API guide, getDeleted(): INVALID_REPLICATION_DATE after a purge).
     */
    public void purgeDeleteLog(Instant begin) {
        contacts.trimDeleteLog(begin);
        rest.refuseTrimmed();
    }

    /** nextRecordsUrl is a whole URL from now on, not a path. */
    public void wholeNextRecordsUrls() {
        rest.nextRecordsUrlPrefix(loginUrl());
    }

    /** nextRecordsUrl leads to another host. */
    public void nextRecordsUrlsElsewhere(String origin) {
        rest.nextRecordsUrlPrefix(origin);
    }

    public void queryPageSize(int records) {
        rest.pageSize(records);
    }

    /** getDeleted answers EXCEEDED_ID_LIMIT above so many (default 600,000). */
    public void mostDeletedIds(int ids) {
        rest.mostDeletedIds(ids);
    }

    /** getDeleted covers nothing younger, and says so by latestDateCovered. */
    public void deleteLogLag(Duration lag) {
        rest.deleteLogLag(lag);
    }

    /** Queries over a longer range of SystemModstamp are refused with QUERY_TIMEOUT; null: none is. */
    public void queryTimeoutAbove(Duration range) {
        rest.queryTimeoutAbove(range);
    }

    /** getDeleted refuses a start longer ago than {@code reaches}, and an end later than {@code knowsUntil} ago, with one code. */
    public void deleteLogKnows(Duration reaches, Duration knowsUntil) {
        rest.deleteLogKnows(reaches, knowsUntil);
    }

    /** The user no longer sees these, as by a sharing rule: no query and no log names them, and no error tells why. */
    public void hideContacts(Collection<String> ids) {
        rest.hide(ids);
    }

    public void showContacts(Collection<String> ids) {
        rest.show(ids);
    }

    /** Without View All on Contact queries find nothing, and no error tells why. */
    public void contactsVisible(boolean on) {
        rest.visible(id -> on);
    }

    /** The user sees these contacts alone, such as those that it owns. */
    public void contactsVisible(Collection<String> ids) {
        Set<String> seen = Set.copyOf(ids);
        rest.visible(seen::contains);
    }

    /**
     * The user loses its permission on Contact, or gets it back: without it {@code query}, {@code queryAll}, the delete log and the
     * stream go quiet, each with success. What was committed meanwhile is never delivered.
     */
    public void sight(boolean on) {
        rest.visible(id -> on);
        pubsub.deliversEvents(on);
    }

    /** Contact is taken out of the entities that Change Data Capture publishes, or back in; keepalives go on. */
    public void eventsStop(boolean on) {
        pubsub.deliversEvents(!on);
    }

    /** {@code SELECT COUNT()} is refused with QUERY_TIMEOUT. */
    public void countTimesOut(boolean on) {
        rest.countTimesOut(on);
    }

    /** The next REST calls are answered with these statuses (200 = as usual), then it is as before. */
    public void restAnswers(Integer... statuses) {
        http.restFaults(List.of(statuses));
    }

    /** The next REST call is refused so; one code stands for several messages, and the message decides. */
    public void restRefuses(int status, String errorCode, String message) {
        http.restRefusal(RestApi.Answer.refusal(status, errorCode, message));
    }

    /** The next REST call is refused with a bare text, as calls are that come too thick: {@code Access Declined}. */
    public void restRefuses(int status, String text) {
        http.restRefusal(new RestApi.Answer(status, null, text));
    }

    /** The next REST call is refused with 503, and with this header. */
    public void restRefusesUntil(String retryAfter) {
        http.retryAfter(retryAfter);
    }

    /** Whether the org is a sandbox. */
    public void sandbox(boolean is) {
        rest.setup().sandbox(is);
    }

    /** What the org's limits say of deliveries; null: they do not say. */
    public void deliveries(Integer max, Integer remaining) {
        rest.setup().deliveries(max, remaining);
    }

    /** The user may see Setup, and every record of these objects; until then it may not ask for either. */
    public void viewSetup(String... viewAllOn) {
        rest.setup().show(viewAllOn);
    }

    /**
     * A channel has this member.
     *
     * @param channel {@code Sync__chn}, or {@code ChangeEvents}
     * @param filter null where it has none
     */
    public void channelMember(String channel, String event, String filter) {
        rest.setup().member(channel, event, filter);
    }

    /** The next REST call is answered by the network in front of Salesforce: 503, with a page in HTML. */
    public void restIsDownForMaintenance() {
        http.restFaults(List.of(SalesforceHttp.PAGE));
    }

    /** While on, something in between takes the Date from every answer over HTTP. */
    public void withoutDates(boolean on) {
        http.dateless(on);
    }

    /** The next REST call is accepted and never answered. */
    public void restHangs() {
        http.restFaults(List.of(SalesforceHttp.HANG));
    }

    /** The next REST call is answered by half of what was to be said. */
    public void restAnswerIsCut() {
        http.restFaults(List.of(SalesforceHttp.CUT));
    }

    /** The next REST call is answered a byte a second. */
    public void restDrips() {
        http.restFaults(List.of(SalesforceHttp.DRIP));
    }

    /** The answer to the next REST call is what is so now, and is sent after {@link #releaseRestAnswer()}. */
    public void holdRestAnswer() {
        http.restFaults(List.of(SalesforceHttp.HOLD));
    }

    /** Once. */
    public void releaseRestAnswer() {
        http.releaseHeld();
    }

    /** Every REST call whose path matches is answered so until {@link #restWorks()}. */
    public void restFails(String pathPattern, int status) {
        http.restFault(pathPattern, status);
    }

    public void restWorks() {
        http.restFault(null, null);
    }

    // ---- streams

    /** At most n events in a response from now on, even of one transaction. */
    public void splitResponsesAt(int n) {
        pubsub.splitResponsesAt(n);
    }

    /** Sends a keepalive; its latest_replay_id is one that no event bears. */
    public int sendKeepalive() {
        return pubsub.keepalive();
    }

    /** The silence before a keepalive (default 270 s). */
    public void keepaliveAfter(Duration quiet) {
        pubsub.keepaliveAfter(quiet);
    }

    /** How long a stream stays open with nothing asked for (default 60 s). */
    public void fetchDeadline(Duration limit) {
        pubsub.fetchDeadline(limit);
    }

    /** Delivers the last n events of the log once more. */
    public void replayLast(int n) {
        pubsub.replayLast(n);
    }

    public int openStreams() {
        return pubsub.openStreams();
    }

    public int completeStream() {
        return pubsub.complete();
    }

    /** @param errorCode what follows {@code sfdc.platform.eventbus.grpc.}; null for no trailer */
    public int failStream(Status status, String errorCode) {
        return pubsub.fail(status, errorCode);
    }

    public int failStreamWithBinaryTrailer() {
        return pubsub.failWithBinaryTrailer();
    }

    /** Answers the next n Subscribe calls so, at their first FetchRequest. */
    public void refuseSubscribe(int n, Status status, String errorCode) {
        pubsub.refuseSubscribe(n, status, errorCode);
    }

    /**
     * Answers every call of {@code Subscribe} (at its first FetchRequest), {@code GetTopic} or {@code GetSchema} so until
     * {@link #acceptCalls()}; streams that are open stay open.
     */
    public void refuseCalls(String call, Status status, String errorCode) {
        pubsub.refuseCalls(call, status, errorCode);
    }

    public void acceptCalls() {
        pubsub.acceptCalls();
    }

    /** While on, every CUSTOM replay id is refused with replayid.validation.failed. */
    public void failReplayValidation(boolean on) {
        pubsub.refuseReplay(on);
    }

    /** As if 72 hours had passed: all replay ids and all events so far are gone. */
    public void expireReplay() {
        pubsub.expireReplay();
    }

    /** Replay ids given out so far are refused as corrupted; the events are still there for EARLIEST. */
    public void invalidateReplayIds() {
        pubsub.renumberReplay();
    }

    /** GetSchema fails the next n times. */
    public void schemaUnavailable(int n) {
        pubsub.schemaUnavailable(n);
    }

    public void schemaUnavailable(boolean down) {
        pubsub.schemaUnavailable(down);
    }

    // ---- the network

    /** Resets the connections of the Pub/Sub API. */
    public void cutTcp() {
        grpcRelay.cut();
    }

    /** The connections of the Pub/Sub API stay open and deliver nothing; a new connection works. */
    public void goSilent() {
        grpcRelay.silence();
    }

    public void resumeSending() {
        grpcRelay.resume();
    }

    /**
     * While on, everything accepts connections and answers nothing, on those that are open too: Pub/Sub API, token endpoint and REST
     * API. When it is over, what was asked meanwhile is answered.
     */
    public void frozen(boolean on) {
        grpcRelay.freeze(on);
        httpRelay.freeze(on);
    }

    /** While on, the Pub/Sub API resets every connection. */
    public void unavailable(boolean on) {
        grpcRelay.refuse(on);
    }

    /** While on, everything resets every connection: Pub/Sub API, token endpoint and REST API. */
    public void down(boolean on) {
        grpcRelay.refuse(on);
        httpRelay.refuse(on);
    }

    // ---- logins

    /** Accepts JWT bearer assertions signed with this key's other half, for this user. */
    public void acceptsJwt(PublicKey key, String user) {
        tokens.acceptsJwt(key, user);
    }

    /** The next logins are answered with these statuses, then it is as before. */
    public void loginAnswers(Integer... statuses) {
        http.loginFaults(List.of(statuses));
    }

    /** Every login is answered so until {@link #loginWorks()}. */
    public void loginFails(int status) {
        http.loginFault(status);
    }

    /** Every login is refused so, in the words of the token endpoint, until {@link #loginWorks()}. */
    public void loginRefuses(String error, String description) {
        tokens.refuses(new Tokens.LoginRefused(error, description));
    }

    /** What tokens are granted for from now on (default {@code id api full}). */
    public void tokensAreFor(String scope) {
        tokens.scope(scope);
    }

    /** The next n logins are accepted and never answered. */
    public void loginHangs(int n) {
        http.loginFaults(Collections.nCopies(n, SalesforceHttp.HANG));
    }

    /** Every login is accepted and never answered until {@link #loginWorks()}. */
    public void loginHangs() {
        http.loginFault(SalesforceHttp.HANG);
    }

    /** Ends every fault of the token endpoint; logins that hang are closed without an answer. */
    public void loginWorks() {
        tokens.refuses(null);
        http.loginWorks();
    }

    /** No token given out so far is valid any more; open streams go on until they end. */
    public void revokeTokens() {
        tokens.revoke();
    }

    /** How long tokens last from now on (default 2 h). */
    public void tokensExpireAfter(Duration lifetime) {
        tokens.lifetime(lifetime);
    }

    /** The credentials lead to another org from now on (18 characters); tokens of the old one are revoked. */
    public void orgId(String id) {
        tokens.orgId(id);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        grpcRelay.close();
        httpRelay.close();
        http.close();
        grpc.shutdownNow();
    }
}
