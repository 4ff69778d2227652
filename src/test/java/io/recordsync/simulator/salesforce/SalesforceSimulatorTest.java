package io.recordsync.simulator.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.salesforce.eventbus.protobuf.ConsumerEvent;
import com.salesforce.eventbus.protobuf.FetchRequest;
import com.salesforce.eventbus.protobuf.FetchResponse;
import com.salesforce.eventbus.protobuf.PubSubGrpc;
import com.salesforce.eventbus.protobuf.ReplayPreset;
import com.salesforce.eventbus.protobuf.SchemaInfo;
import com.salesforce.eventbus.protobuf.SchemaRequest;
import com.salesforce.eventbus.protobuf.TopicInfo;
import com.salesforce.eventbus.protobuf.TopicRequest;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The simulated org, spoken to with nothing but generated stubs and the JDK's HTTP client. */
@Timeout(20)
class SalesforceSimulatorTest {

    private static final String CONTACTS = "/data/ContactChangeEvent";
    private static final String CODE = "sfdc.platform.eventbus.grpc.";
    private static final Metadata.Key<String> ERROR_CODE =
            Metadata.Key.of("error-code", Metadata.ASCII_STRING_MARSHALLER);

    private final SettableClock clock = new SettableClock();
    private final HttpClient web =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private SalesforceSimulator salesforce;

    @BeforeEach
    void start() {
        salesforce = SalesforceSimulator.builder().clock(clock).start();
    }

    @AfterEach
    void stop() {
        channels.forEach(ManagedChannel::shutdownNow);
        salesforce.close();
    }

    // ---- logging in

    @Test
    void client_credentials_give_a_token_that_names_the_org() throws Exception {
        JsonNode answer = login();

        assertThat(answer.path("instance_url").asText()).isEqualTo(salesforce.loginUrl());
        assertThat(answer.path("id").asText())
                .isEqualTo(salesforce.loginUrl() + "/id/" + salesforce.orgId() + "/005Rj000005UEfQIAW");
        assertThat(answer.path("token_type").asText()).isEqualTo("Bearer");
        assertThat(answer.has("expires_in")).isFalse();
        assertThat(answer.path("issued_at").isTextual()).isTrue();
        assertThat(answer.path("scope").asText().split(" ")).contains("api");
        assertThat(salesforce.recording().awaitLogin(1).status()).isEqualTo(200);
    }

    @Test
    void wrong_credentials_are_refused() throws Exception {
        HttpResponse<String> answer = post(Map.of(
                "grant_type", "client_credentials", "client_id", SalesforceSimulator.CLIENT_ID, "client_secret", "no"));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).path("error").asText()).isEqualTo("invalid_client");
    }

    @Test
    void a_signed_assertion_gives_a_token_and_a_wrong_one_none() throws Exception {
        KeyPair keys = rsaKeys();
        salesforce.acceptsJwt(keys.getPublic(), "sync@example.org");
        long soon = clock.instant().plusSeconds(180).getEpochSecond();

        assertThat(postAssertion(jwt(keys, "sync@example.org", salesforce.loginUrl(), soon)))
                .isEqualTo("200");
        assertThat(postAssertion(jwt(keys, "else@example.org", salesforce.loginUrl(), soon)))
                .isEqualTo("invalid_grant");
        assertThat(postAssertion(jwt(keys, "sync@example.org", "https://login.salesforce.com", soon)))
                .isEqualTo("invalid_grant");
        assertThat(postAssertion(jwt(keys, "sync@example.org", salesforce.loginUrl(), soon + 1_000)))
                .isEqualTo("invalid_grant");
        assertThat(postAssertion(jwt(rsaKeys(), "sync@example.org", salesforce.loginUrl(), soon)))
                .isEqualTo("invalid_grant");
    }

    @Test
    void logins_fail_as_scripted_and_then_work() throws Exception {
        salesforce.loginAnswers(401, 503);

        assertThat(post(credentials()).statusCode()).isEqualTo(401);
        assertThat(post(credentials()).statusCode()).isEqualTo(503);
        assertThat(post(credentials()).statusCode()).isEqualTo(200);
    }

    @Test
    void a_hanging_login_is_accepted_and_never_answered() throws Exception {
        salesforce.loginHangs(1);

        assertThatThrownBy(() -> post(credentials())).isInstanceOf(HttpTimeoutException.class);
        assertThat(salesforce.recording().awaitLogin(1).status()).isZero();
        assertThat(post(credentials()).statusCode()).isEqualTo(200);
    }

    // ---- metadata

    @Test
    void a_call_without_a_valid_token_is_unauthenticated() throws Exception {
        String good = token();

        assertThat(codeOf(stub("no token", salesforce.loginUrl(), salesforce.orgId())))
                .isEqualTo("UNAUTHENTICATED service.auth.error");
        assertThat(codeOf(stub(good, "https://elsewhere.example", salesforce.orgId())))
                .isEqualTo("UNAUTHENTICATED service.auth.error");
        assertThat(codeOf(stub(good, salesforce.loginUrl(), salesforce.orgId().substring(0, 15))))
                .isEqualTo("UNAUTHENTICATED service.auth.headers.invalid");
        assertThat(codeOf(stub(good, salesforce.loginUrl(), salesforce.orgId())))
                .isEqualTo("OK");
    }

    @Test
    void tokens_end_by_revocation_by_age_and_by_a_move_to_another_org() throws Exception {
        PubSubGrpc.PubSubStub revoked = stub();
        salesforce.revokeTokens();
        assertThat(codeOf(revoked)).isEqualTo("UNAUTHENTICATED service.auth.error");

        salesforce.tokensExpireAfter(Duration.ofMinutes(10));
        PubSubGrpc.PubSubStub aged = stub();
        assertThat(codeOf(aged)).isEqualTo("OK");
        clock.advance(Duration.ofMinutes(11));
        assertThat(codeOf(aged)).isEqualTo("UNAUTHENTICATED service.auth.error");

        salesforce.orgId("00DAB000000ZxYw2AK");
        assertThat(login().path("id").asText()).contains("/00DAB000000ZxYw2AK/");
    }

    // ---- topics and schemas

    @Test
    void the_topic_leads_to_a_full_schema_of_contacts() throws Exception {
        TopicInfo topic = blocking(stub()).getTopic(topicRequest(CONTACTS));
        SchemaInfo info = blocking(stub())
                .getSchema(SchemaRequest.newBuilder()
                        .setSchemaId(topic.getSchemaId())
                        .build());

        Schema schema = new Schema.Parser().parse(info.getSchemaJson());
        assertThat(schema.getProp("uuid")).isEqualTo(topic.getSchemaId()).hasSize(22);
        assertThat(schema.getField("Email").doc()).startsWith("Data:Text:00N");
        assertThat(schema.getField("CreatedById").doc()).isEqualTo("CreatedBy:EntityId");
        assertThat(schema.getField("ChangeEventHeader")
                        .schema()
                        .getField("commitNumber")
                        .doc())
                .isNull();
        assertThat(schema.getFullName()).isEqualTo("com.sforce.eventbus.ContactChangeEvent");
        assertThat(schema.getFields()).hasSizeGreaterThan(40);
        assertThat(schema.getField("ChangeEventHeader").schema().getFields().stream()
                        .map(Schema.Field::name))
                .containsExactly(
                        "entityName",
                        "recordIds",
                        "changeType",
                        "changeOrigin",
                        "transactionKey",
                        "sequenceNumber",
                        "commitTimestamp",
                        "commitNumber",
                        "commitUser",
                        "nulledFields",
                        "diffFields",
                        "changedFields");
    }

    @Test
    void an_unknown_topic_is_not_found() throws Exception {
        PubSubGrpc.PubSubBlockingStub blocking = blocking(stub());

        assertRefused(
                catchThrowableOfType(
                        StatusRuntimeException.class, () -> blocking.getTopic(topicRequest("/data/Nothing__chn"))),
                Status.Code.NOT_FOUND,
                "topic.not.found");
        assertThat(blocking.getTopic(topicRequest("/data/ChangeEvents")).getSchemaId())
                .isEmpty();
    }

    @Test
    void a_schema_outage_ends_after_the_scripted_number_of_calls() throws Exception {
        PubSubGrpc.PubSubBlockingStub blocking = blocking(stub());
        SchemaRequest request = SchemaRequest.newBuilder()
                .setSchemaId(blocking.getTopic(topicRequest(CONTACTS)).getSchemaId())
                .build();
        salesforce.schemaUnavailable(1);

        assertRefused(
                catchThrowableOfType(StatusRuntimeException.class, () -> blocking.getSchema(request)),
                Status.Code.UNAVAILABLE,
                "schema.api.unavailable");
        assertThat(blocking.getSchema(request).getSchemaId()).isEqualTo(request.getSchemaId());
    }

    @Test
    void a_hidden_schema_is_unknown_until_it_is_revealed() throws Exception {
        Client client = subscribe(ReplayPreset.LATEST, 10);
        salesforce.changeSchemaHidden();
        salesforce.publishDelete(ContactIds.next());
        ConsumerEvent event = client.next().getEvents(0);

        assertThat(catchThrowableOfType(StatusRuntimeException.class, () -> read(event))
                        .getStatus()
                        .getCode())
                .isEqualTo(Status.Code.NOT_FOUND);
        salesforce.revealSchemas();
        assertThat(header(event).get("changeType")).hasToString("DELETE");
    }

    @Test
    void managed_subscribe_is_unimplemented() throws Exception {
        MethodDescriptor<FetchRequest, FetchResponse> managed = PubSubGrpc.getSubscribeMethod().toBuilder()
                .setFullMethodName("eventbus.v1.PubSub/ManagedSubscribe")
                .build();
        Client client = new Client();
        StreamObserver<FetchRequest> requests = ClientCalls.asyncBidiStreamingCall(
                stub().getChannel().newCall(managed, stub().getCallOptions()), client);
        requests.onNext(fetch(1).build());

        assertThat(client.end().getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
    }

    // ---- events

    @Test
    void a_deletion_is_told_by_its_header_alone() throws Exception {
        Client client = subscribe(ReplayPreset.LATEST, 10);
        String one = ContactIds.next();
        String two = ContactIds.next();

        salesforce.publishMergedDelete(one, two);

        FetchResponse response = client.next();
        GenericRecord event = read(response.getEvents(0));
        GenericRecord header = (GenericRecord) event.get("ChangeEventHeader");
        assertThat(header.get("entityName")).hasToString("Contact");
        assertThat(header.get("changeType")).hasToString("DELETE");
        assertThat(header.get("recordIds")).hasToString("[" + one + ", " + two + "]");
        assertThat(header.get("commitTimestamp")).isEqualTo(clock.millis() / 1000 * 1000);
        assertThat(header.get("transactionKey").toString()).matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
        assertThat(event.getSchema().getFields().stream().skip(1).map(field -> event.get(field.pos())))
                .containsOnlyNulls();
        assertThat(response.getPendingNumRequested()).isEqualTo(9);
        assertThat(response.getRpcId()).isNotEmpty();
        assertThat(salesforce.publishedDeletes()).containsExactly(one, two);
    }

    /** As recorded: whole seconds, numbers of nineteen digits that grow with each commit, keys that begin with zeros. */
    @Test
    void commits_are_told_in_whole_seconds_and_in_order() throws Exception {
        Client client = subscribe(ReplayPreset.LATEST, 10);
        String contact = ContactIds.next();

        salesforce.publishTransaction(ChangeEvent.delete(contact), ChangeEvent.undelete(contact));
        salesforce.publishDelete(contact);

        List<GenericRecord> headers = new ArrayList<>();
        for (ConsumerEvent event : client.next().getEventsList()) {
            headers.add(header(event));
        }
        headers.add(header(client.next().getEvents(0)));
        assertThat(headers).allSatisfy(header -> {
            assertThat((long) header.get("commitTimestamp") % 1000).isZero();
            assertThat(header.get("commitNumber").toString()).hasSize(19);
            assertThat(header.get("transactionKey").toString()).startsWith("000");
        });
        assertThat(headers.get(0).get("commitNumber")).isEqualTo(headers.get(1).get("commitNumber"));
        assertThat((long) headers.get(2).get("commitNumber"))
                .isGreaterThan((long) headers.get(0).get("commitNumber"));
        assertThat(headers.get(1).get("sequenceNumber")).isEqualTo(2);
    }

    @Test
    void gap_events_and_restorations_have_no_origin() throws Exception {
        Client client = subscribe(ReplayPreset.LATEST, 10);

        salesforce.publish(
                ChangeEvent.delete(ContactIds.next()),
                ChangeEvent.undelete(ContactIds.next()),
                ChangeEvent.gapDelete(ContactIds.next()),
                ChangeEvent.gapOverflow());

        List<String> origins = new ArrayList<>();
        while (origins.size() < 4) {
            for (ConsumerEvent event : client.next().getEventsList()) {
                origins.add(header(event).get("changeOrigin").toString());
            }
        }
        assertThat(origins).containsExactly("com/salesforce/api/soap/62.0;client=SfdcInternalAPI/", "", "", "");
    }

    @Test
    void another_entity_has_fields_of_its_own() throws Exception {
        Client client = new Client(stub());
        client.send(FetchRequest.newBuilder()
                .setTopicName("/data/ChangeEvents")
                .setNumRequested(1)
                .setReplayPreset(ReplayPreset.EARLIEST));

        salesforce.publish(ChangeEvent.delete("001Rj00000EKWzmIAH").ofEntity("Account"));

        Schema schema = read(client.next().getEvents(0)).getSchema();
        assertThat(schema.getField("MailingAddress")).isNull();
        assertThat(schema.getField("Name").schema().getTypes())
                .extracting(Schema::getName)
                .containsExactly("null", "string", "Switchable_PersonName");
    }

    @Test
    void a_creation_carries_what_is_known_of_the_person() throws Exception {
        Client client = subscribe(ReplayPreset.LATEST, 1);

        salesforce.createContacts(1);

        GenericRecord event = read(client.next().getEvents(0));
        assertThat(((GenericRecord) event.get("Name")).get("LastName")).hasToString("Lovelace");
        assertThat(((GenericRecord) event.get("MailingAddress")).get("Latitude"))
                .isEqualTo(51.507);
        assertThat(event.get("Phone")).hasToString("+12125550100");
        assertThat(event.get("Email")).hasToString("ada@example.org");
    }

    @Test
    void published_deletes_are_the_well_formed_contacts_of_deletes_only() {
        String good = ContactIds.next();
        String fifteen = ContactIds.next().substring(0, 15);
        String gap = ContactIds.next();

        salesforce.publish(
                ChangeEvent.delete(good, fifteen, "003*", "001Rj00000EKWzmIAH", good.substring(0, 17) + "9"),
                ChangeEvent.gapDelete(gap),
                ChangeEvent.gapOverflow(),
                ChangeEvent.undelete(ContactIds.next()),
                ChangeEvent.delete(ContactIds.next()).ofEntity("Account"));

        assertThat(salesforce.publishedDeletes()).containsExactly(good, ContactIds.toEighteen(fifteen));
        assertThat(salesforce.recording().publishedGapDeletes()).containsExactly(gap);
    }

    @Test
    void ids_bear_the_documented_checksum() {
        assertThat(ContactIds.toEighteen("001Rj00000EKWzm")).isEqualTo("001Rj00000EKWzmIAH");
        assertThat(ContactIds.next()).matches(ContactIds::isWellFormed).isNotEqualTo(ContactIds.next());
        assertThat(ContactIds.isWellFormed("000000000000000AAA")).isFalse();
    }

    @Test
    void earliest_latest_and_custom_begin_where_they_say() throws Exception {
        salesforce.publishDelete(ContactIds.next(), ContactIds.next());
        Client earliest = subscribe(ReplayPreset.EARLIEST, 10);
        Client latest = subscribe(ReplayPreset.LATEST, 10);
        List<ConsumerEvent> old = earliest.next().getEventsList();
        Client custom = subscribe(old.get(0).getReplayId(), 10);

        String last = salesforce.publishDelete(ContactIds.next()).get(0);

        assertThat(old).hasSize(2);
        assertThat(latest.next().getEvents(0).getEvent().getId()).isEqualTo(last);
        assertThat(custom.next().getEventsList()).containsExactly(old.get(1));
        assertThat(custom.next().getEvents(0).getEvent().getId()).isEqualTo(last);
    }

    @Test
    void a_channel_of_one_entity_keeps_the_others_out() throws Exception {
        Client contacts = subscribe(ReplayPreset.LATEST, 10);
        Client everything = new Client(stub());
        everything.send(fetch(10).setTopicName("/data/ChangeEvents"));
        salesforce.recording().awaitSubscription(2);

        salesforce.publish(
                ChangeEvent.delete("001Rj00000EKWzmIAH").ofEntity("Account"), ChangeEvent.delete(ContactIds.next()));

        assertThat(contacts.next().getEventsCount()).isEqualTo(1);
        FetchResponse both = everything.next();
        assertThat(both.getEventsCount()).isEqualTo(2);
        assertThat(header(both.getEvents(0)).get("entityName")).hasToString("Account");
    }

    @Test
    void events_of_a_transaction_share_a_replay_id_and_may_be_split() throws Exception {
        Client client = subscribe(ReplayPreset.LATEST, 3);
        salesforce.splitResponsesAt(2);

        salesforce.publishTransaction(
                ChangeEvent.delete(ContactIds.next()),
                ChangeEvent.update(ContactIds.next()),
                ChangeEvent.delete(ContactIds.next()));

        FetchResponse first = client.next();
        FetchResponse second = client.next();
        assertThat(List.of(first.getEventsCount(), second.getEventsCount())).containsExactly(2, 1);
        assertThat(first.getEvents(0).getReplayId())
                .isEqualTo(second.getEvents(0).getReplayId())
                .isEqualTo(first.getLatestReplayId());
        assertThat(header(first.getEvents(0)).get("transactionKey"))
                .isEqualTo(header(second.getEvents(0)).get("transactionKey"));
        assertThat(header(second.getEvents(0)).get("sequenceNumber")).isEqualTo(3);
    }

    @Test
    void a_replay_id_is_a_number_that_grows_by_leaps_and_two_zeros() throws Exception {
        salesforce.publishDelete(ContactIds.next(), ContactIds.next(), ContactIds.next());

        List<ByteString> ids = subscribe(ReplayPreset.EARLIEST, 3).next().getEventsList().stream()
                .map(ConsumerEvent::getReplayId)
                .toList();

        assertThat(ids).allSatisfy(id -> {
            assertThat(id.size()).isEqualTo(10);
            assertThat(id.byteAt(8)).isZero();
            assertThat(id.byteAt(9)).isZero();
        });
        List<Long> numbers =
                ids.stream().map(id -> id.asReadOnlyByteBuffer().getLong()).toList();
        assertThat(numbers).isSorted().doesNotHaveDuplicates();
    }

    /** Public clients keep the number alone. */
    @Test
    void a_replay_id_of_its_number_alone_leads_to_the_same_place() throws Exception {
        salesforce.publishDelete(ContactIds.next(), ContactIds.next());
        ByteString first =
                subscribe(ReplayPreset.EARLIEST, 1).next().getEvents(0).getReplayId();

        assertThat(subscribe(first.substring(0, 8), 10).next().getEventsCount()).isEqualTo(1);
    }

    @Test
    void a_keepalive_amid_a_transaction_leads_back_before_it() throws Exception {
        Client client = subscribe(ReplayPreset.LATEST, 1);
        salesforce.publishTransaction(ChangeEvent.delete(ContactIds.next()), ChangeEvent.delete(ContactIds.next()));
        client.next();
        salesforce.sendKeepalive();

        Client again = subscribe(client.next().getLatestReplayId(), 10);

        assertThat(again.next().getEventsCount()).isEqualTo(2);
    }

    @Test
    void no_more_than_asked_for_is_delivered() throws Exception {
        Client client = subscribe(ReplayPreset.LATEST, 2);
        salesforce.publishDelete(ContactIds.next(), ContactIds.next(), ContactIds.next());
        assertThat(client.next().getEventsCount()).isEqualTo(2);
        assertThat(client.isQuiet()).isTrue();

        client.send(fetch(1).setTopicName(""));

        assertThat(client.next().getEventsCount()).isEqualTo(1);
        assertThat(salesforce.recording().awaitFetch(2).outstanding()).isEqualTo(1);
    }

    @Test
    void an_undecodable_payload_cannot_be_read_and_its_neighbour_can() throws Exception {
        Client client = subscribe(ReplayPreset.LATEST, 10);
        salesforce.publishUndecodable();
        salesforce.publishDelete(ContactIds.next());

        ConsumerEvent junk = client.next().getEvents(0);
        assertThatThrownBy(() -> read(junk)).isInstanceOf(IOException.class);
        assertThat(header(client.next().getEvents(0)).get("changeType")).hasToString("DELETE");
    }

    @Test
    void a_large_response_exceeds_what_a_client_takes_by_default() throws Exception {
        Client client = subscribe(ReplayPreset.LATEST, 10);

        salesforce.publishLarge(ContactIds.next(), ContactIds.next());

        assertThat(client.end().getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }

    @Test
    void the_last_events_can_be_delivered_again() throws Exception {
        Client client = subscribe(ReplayPreset.LATEST, 10);
        salesforce.publishDelete(ContactIds.next(), ContactIds.next());
        FetchResponse first = client.next();

        salesforce.replayLast(2);

        assertThat(client.next().getEventsList()).isEqualTo(first.getEventsList());
    }

    // ---- strictness

    @Test
    void asking_for_none_or_for_more_than_a_hundred_is_refused() throws Exception {
        assertThat(List.of(0, -1, 101)).allSatisfy(count -> {
            Client client = new Client(stub());
            client.send(fetch(count));
            assertRefused(client.end(), Status.Code.INVALID_ARGUMENT, "subscription.fetch.requested.events.invalid");
        });
        Client client = subscribe(ReplayPreset.LATEST, 60);
        client.send(fetch(41));
        assertRefused(client.end(), Status.Code.INVALID_ARGUMENT, "subscription.fetch.requested.events.invalid");
    }

    @Test
    void another_topic_in_a_later_request_is_refused() throws Exception {
        Client client = subscribe(ReplayPreset.LATEST, 1);
        client.send(fetch(1).setTopicName("/data/ChangeEvents"));

        assertRefused(client.end(), Status.Code.INVALID_ARGUMENT, "subscription.fetch.topic.mismatch");
    }

    @Test
    void an_unknown_topic_cannot_be_subscribed_to() throws Exception {
        Client client = new Client(stub());
        client.send(fetch(1).setTopicName("/data/Nothing__chn"));

        assertRefused(client.end(), Status.Code.NOT_FOUND, "topic.not.found");
        assertThat(salesforce.recording().subscribes().get(0).refusedWith()).isEqualTo(CODE + "topic.not.found");
    }

    @Test
    void replay_ids_are_refused_when_unknown_old_or_expired() throws Exception {
        assertCorrupted(ByteString.copyFromUtf8("guessed id"));

        salesforce.publishDelete(ContactIds.next());
        ByteString old = subscribe(ReplayPreset.EARLIEST, 1).next().getLatestReplayId();
        clock.advance(Duration.ofHours(73));
        assertCorrupted(old);

        String kept = salesforce.publishDelete(ContactIds.next()).get(0);
        FetchResponse fresh = subscribe(ReplayPreset.EARLIEST, 10).next();
        assertThat(fresh.getEventsList()).extracting(e -> e.getEvent().getId()).containsExactly(kept);
        salesforce.expireReplay();
        assertCorrupted(fresh.getLatestReplayId());
    }

    @Test
    void invalidated_replay_ids_leave_the_events() throws Exception {
        String id = salesforce.publishDelete(ContactIds.next()).get(0);
        ByteString old = subscribe(ReplayPreset.EARLIEST, 1).next().getLatestReplayId();

        salesforce.invalidateReplayIds();

        assertCorrupted(old);
        FetchResponse again = subscribe(ReplayPreset.EARLIEST, 1).next();
        assertThat(again.getEvents(0).getEvent().getId()).isEqualTo(id);
        assertThat(again.getLatestReplayId()).isNotEqualTo(old);
    }

    @Test
    void replay_validation_fails_while_it_is_scripted() throws Exception {
        salesforce.publishDelete(ContactIds.next());
        ByteString id = subscribe(ReplayPreset.EARLIEST, 1).next().getLatestReplayId();
        salesforce.failReplayValidation(true);

        Client client = new Client(stub());
        client.send(fetch(1).setReplayPreset(ReplayPreset.CUSTOM).setReplayId(id));

        assertRefused(client.end(), Status.Code.INVALID_ARGUMENT, "subscription.fetch.replayid.validation.failed");
    }

    // ---- time

    @Test
    void a_stream_that_asks_for_nothing_is_completed() throws Exception {
        salesforce.fetchDeadline(Duration.ofMillis(100));
        Client asking = subscribe(ReplayPreset.LATEST, 2);
        Client sated = subscribe(ReplayPreset.LATEST, 1);
        salesforce.publishDelete(ContactIds.next());
        sated.next();

        assertThat(sated.end()).isNull();
        assertThat(salesforce.recording().awaitStreamEnd(1).status()).isEqualTo(Status.Code.OK);
        assertThat(salesforce.openStreams()).isEqualTo(1);
        assertThat(asking.next().getEventsCount()).isEqualTo(1);
    }

    @Test
    void keepalives_come_in_quiet_times_and_carry_a_place_to_resume_from() throws Exception {
        Client client = subscribe(ReplayPreset.LATEST, 1);
        salesforce.keepaliveAfter(Duration.ofMillis(50));
        FetchResponse keepalive = client.next();
        salesforce.keepaliveAfter(Duration.ofSeconds(270));
        String id = salesforce.publishDelete(ContactIds.next()).get(0);

        assertThat(keepalive.getEventsCount()).isZero();
        assertThat(keepalive.getPendingNumRequested()).isEqualTo(1);
        Client resumed = subscribe(keepalive.getLatestReplayId(), 1);
        assertThat(resumed.next().getEvents(0).getEvent().getId()).isEqualTo(id);
    }

    // ---- ends

    @Test
    void streams_end_as_scripted() throws Exception {
        Client client = subscribe(ReplayPreset.LATEST, 1);
        assertThat(salesforce.completeStream()).isEqualTo(1);
        assertThat(client.end()).isNull();

        client = subscribe(ReplayPreset.LATEST, 1);
        salesforce.failStream(Status.UNAVAILABLE, "service.unavailable");
        assertRefused(client.end(), Status.Code.UNAVAILABLE, "service.unavailable");

        client = subscribe(ReplayPreset.LATEST, 1);
        salesforce.failStream(Status.UNAUTHENTICATED, "service.auth.error");
        assertRefused(client.end(), Status.Code.UNAUTHENTICATED, "service.auth.error");

        client = subscribe(ReplayPreset.LATEST, 1);
        salesforce.failStream(Status.UNAUTHENTICATED, null);
        assertThat(client.end().getTrailers().get(ERROR_CODE)).isNull();

        client = subscribe(ReplayPreset.LATEST, 1);
        salesforce.failStreamWithBinaryTrailer();
        assertThat(client.end().getTrailers().keys()).anyMatch(key -> key.endsWith("-bin"));

        salesforce.refuseSubscribe(1, Status.RESOURCE_EXHAUSTED, "subscription.limit.exceeded");
        client = new Client(stub());
        client.send(fetch(1));
        assertRefused(client.end(), Status.Code.RESOURCE_EXHAUSTED, "subscription.limit.exceeded");
        assertThat(salesforce.recording().awaitStreamEnd(5).status()).isEqualTo(Status.Code.INTERNAL);
    }

    @Test
    void a_cut_connection_fails_the_stream_and_a_new_one_works() throws Exception {
        Client client = subscribe(ReplayPreset.LATEST, 1);
        salesforce.cutTcp();

        assertThat(client.end().getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        Client next = subscribe(ReplayPreset.LATEST, 1);
        salesforce.publishDelete(ContactIds.next());
        assertThat(next.next().getEventsCount()).isEqualTo(1);
    }

    @Test
    void a_silent_connection_stays_open_and_delivers_when_it_resumes() throws Exception {
        Client client = subscribe(ReplayPreset.LATEST, 10);
        salesforce.goSilent();
        salesforce.publishDelete(ContactIds.next());
        Client elsewhere = subscribe(ReplayPreset.EARLIEST, 10);

        assertThat(elsewhere.next().getEventsCount()).isEqualTo(1);
        assertThat(client.isQuiet()).isTrue();
        salesforce.resumeSending();
        assertThat(client.next().getEventsCount()).isEqualTo(1);
    }

    @Test
    void an_unavailable_service_refuses_connections_and_logins_only_when_all_is_down() throws Exception {
        salesforce.unavailable(true);
        assertThat(codeOf(stub())).startsWith("UNAVAILABLE");
        salesforce.unavailable(false);
        assertThat(codeOf(stub())).isEqualTo("OK");

        salesforce.down(true);
        assertThatThrownBy(() -> post(credentials())).isInstanceOf(IOException.class);
        salesforce.down(false);
        assertThat(post(credentials()).statusCode()).isEqualTo(200);
    }

    @Test
    void what_is_frozen_takes_connections_and_answers_nothing_until_it_thaws() throws Exception {
        Client client = subscribe(ReplayPreset.LATEST, 10);
        salesforce.frozen(true);
        salesforce.publishDelete(ContactIds.next());
        try (Socket another = new Socket(
                InetAddress.getLoopbackAddress(),
                URI.create(salesforce.loginUrl()).getPort())) {
            another.setSoTimeout(200);
            assertThatThrownBy(() -> another.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        }

        CompletableFuture<Integer> login = CompletableFuture.supplyAsync(() -> {
            try {
                return post(credentials()).statusCode();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        assertThatThrownBy(() -> login.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        assertThat(client.isQuiet()).isTrue();
        salesforce.frozen(false);

        assertThat(login.get(10, TimeUnit.SECONDS)).isEqualTo(200);
        assertThat(client.next().getEventsCount()).isEqualTo(1);
    }

    @Test
    void waiting_in_vain_says_what_was_seen() {
        try (SalesforceSimulator impatient =
                SalesforceSimulator.builder().patience(Duration.ofMillis(50)).start()) {
            assertThatThrownBy(() -> impatient.recording().awaitSubscription(1))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("for 1 opened subscriptions, saw 0");
        }
    }

    // ---- what was deleted

    @Test
    void query_all_agrees_with_the_events_and_tells_merges() throws Exception {
        List<String> ids = salesforce.createContacts(4);
        Instant created = clock.instant();
        clock.advance(Duration.ofMinutes(5));
        salesforce.deleteContact(ids.get(0));
        salesforce.mergeContacts(ids.get(1), ids.get(2));
        salesforce.deleteContact(ids.get(3));
        salesforce.undeleteContact(ids.get(3));

        JsonNode found = json(query(
                "queryAll",
                "SELECT Id, SystemModstamp, MasterRecordId FROM Contact WHERE IsDeleted = true AND SystemModstamp >= "
                        + created.plusSeconds(1).truncatedTo(ChronoUnit.SECONDS)));

        assertThat(found.path("totalSize").asInt()).isEqualTo(2);
        assertThat(found.path("records").findValuesAsText("Id")).containsExactly(ids.get(0), ids.get(2));
        assertThat(found.path("records").get(0).path("MasterRecordId").isNull()).isTrue();
        assertThat(found.path("records").get(1).path("MasterRecordId").asText()).isEqualTo(ids.get(1));
        assertThat(found.path("records").get(0).path("SystemModstamp").asText())
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.000\\+0000");
        assertThat(salesforce.publishedDeletes()).containsExactly(ids.get(0), ids.get(2), ids.get(3));
    }

    @Test
    void query_hides_what_is_in_the_recycle_bin() throws Exception {
        List<String> ids = salesforce.createContacts(3);
        salesforce.deleteContactsUnseen(List.of(ids.get(0)));
        salesforce.deleteContactsUnseen(List.of(ids.get(1)));
        salesforce.purge(ids.get(1));
        String soql = "SELECT Id FROM Contact WHERE Id IN ('" + ids.get(0) + "', '"
                + ids.get(1).substring(0, 15) + "','" + ids.get(2) + "')";

        assertThat(json(query("query", soql)).path("records").findValuesAsText("Id"))
                .containsExactly(ids.get(2));
        assertThat(json(query("queryAll", soql)).path("records").findValuesAsText("Id"))
                .containsExactly(ids.get(0), ids.get(2));
        assertThat(salesforce.publishedDeletes()).isEmpty();
    }

    @Test
    void pages_are_followed_by_next_records_url() throws Exception {
        List<String> ids = salesforce.createContacts(5);
        salesforce.queryPageSize(2);

        List<String> seen = new ArrayList<>();
        JsonNode page = json(query("queryAll", "SELECT Id FROM Contact"));
        for (;
                !page.path("done").asBoolean();
                page = json(get(page.path("nextRecordsUrl").asText(), token()))) {
            assertThat(page.path("totalSize").asInt()).isEqualTo(5);
            seen.addAll(page.path("records").findValuesAsText("Id"));
        }
        seen.addAll(page.path("records").findValuesAsText("Id"));

        assertThat(seen).isEqualTo(ids);
    }

    @Test
    void a_next_records_url_may_be_a_whole_url() throws Exception {
        salesforce.createContacts(3);
        salesforce.queryPageSize(2);
        salesforce.wholeNextRecordsUrls();

        String next = json(query("queryAll", "SELECT Id FROM Contact"))
                .path("nextRecordsUrl")
                .asText();

        assertThat(next).startsWith(salesforce.loginUrl() + "/services/data/v62.0/query/01g");
        assertThat(json(get(next.substring(salesforce.loginUrl().length()), token()))
                        .path("records"))
                .hasSize(1);
    }

    @Test
    void answers_come_in_chunks_packed_where_asked_for_with_cookies_and_the_limit() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(
                        salesforce.loginUrl() + "/services/data/v62.0/query?q=" + encode("SELECT Id FROM Contact")))
                .header("Authorization", "Bearer " + token())
                .header("Accept-Encoding", "gzip")
                .build();

        HttpResponse<InputStream> packed = web.send(request, HttpResponse.BodyHandlers.ofInputStream());
        HttpResponse<String> plain = query("query", "SELECT Id FROM Contact");

        assertThat(packed.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(packed.headers().firstValue("Transfer-Encoding")).contains("chunked");
        assertThat(packed.headers().allValues("Set-Cookie")).hasSize(2);
        assertThat(packed.headers().firstValue("Sforce-Limit-Info")).contains("api-usage=1/15000");
        try (InputStream body = new GZIPInputStream(packed.body())) {
            assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(plain.body());
        }
        assertThat(plain.headers().firstValue("Content-Encoding")).isEmpty();
        assertThat(plain.headers().firstValue("Vary")).contains("Accept-Encoding");
        assertThat(get("/services/data/", "none").headers().firstValue("Sforce-Limit-Info"))
                .isEmpty();
        HttpResponse<String> refused = get("/services/data/v62.0/query?q=SELECT", "none");
        assertThat(refused.headers().firstValue("WWW-Authenticate")).contains("Token");
        assertThat(refused.headers().firstValue("Connection")).contains("close");
    }

    @Test
    void one_code_comes_with_the_message_that_was_told() throws Exception {
        salesforce.restRefuses(403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded.");

        HttpResponse<String> refused = query("query", "SELECT Id FROM Contact");

        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(errorCode(refused)).isEqualTo("REQUEST_LIMIT_EXCEEDED");
        assertThat(json(refused).path(0).path("message").asText()).isEqualTo("ConcurrentPerOrgLongTxn Limit exceeded.");
        assertThat(query("query", "SELECT Id FROM Contact").statusCode()).isEqualTo(200);
    }

    @Test
    void a_refusal_may_be_a_bare_text_or_a_page_of_what_is_in_front() throws Exception {
        salesforce.restRefuses(400, "Access Declined");
        HttpResponse<String> bare = query("query", "SELECT Id FROM Contact");
        assertThat(bare.statusCode()).isEqualTo(400);
        assertThat(bare.body()).isEqualTo("Access Declined");

        salesforce.restIsDownForMaintenance();
        HttpResponse<String> page = query("query", "SELECT Id FROM Contact");
        assertThat(page.statusCode()).isEqualTo(503);
        assertThat(page.headers().firstValue("Content-Type")).contains("text/html");
        assertThat(page.headers().firstValue("Server")).contains("AkamaiNetStorage");
        assertThat(query("query", "SELECT Id FROM Contact").statusCode()).isEqualTo(200);
    }

    @Test
    void user_info_names_the_org_of_a_token_and_refuses_another() throws Exception {
        JsonNode info = json(get("/services/oauth2/userinfo", token()));

        assertThat(info.path("organization_id").asText()).isEqualTo(salesforce.orgId());
        assertThat(info.path("user_id").asText()).hasSize(18).startsWith("005");
        HttpResponse<String> refused = get("/services/oauth2/userinfo", "forged");
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).isEqualTo("Bad_OAuth_Token");
    }

    @Test
    void malformed_queries_and_bad_sessions_are_refused() throws Exception {
        assertThat(errorCode(query("queryAll", "SELECT Id FROM Contact WHERE"))).isEqualTo("MALFORMED_QUERY");
        assertThat(errorCode(query("queryAll", "SELECT Id FROM Contact WHERE SystemModstamp >= yesterday")))
                .isEqualTo("MALFORMED_QUERY");
        assertThat(errorCode(query("queryAll", "SELECT Id FROM Contact ALL ROWS")))
                .isEqualTo("MALFORMED_QUERY");
        assertThat(errorCode(query("queryAll", "SELECT Shoe FROM Contact"))).isEqualTo("INVALID_FIELD");
        HttpResponse<String> answer = get("/services/data/v62.0/queryAll?q=SELECT", "no token");
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(errorCode(answer)).isEqualTo("INVALID_SESSION_ID");
    }

    @Test
    void get_deleted_tells_the_delete_log_within_its_rules() throws Exception {
        List<String> ids = salesforce.createContacts(2);
        Instant now = clock.instant();
        clock.advance(Duration.ofMinutes(2));
        salesforce.deleteContact(ids.get(0));
        salesforce.deleteContact(ids.get(1));
        clock.advance(Duration.ofMinutes(2));

        JsonNode found = json(deleted(now, now.plusSeconds(600)));
        assertThat(found.path("deletedRecords").findValuesAsText("id")).isEqualTo(ids);
        assertThat(found.path("latestDateCovered").asText()).startsWith(minute(clock.instant()));
        assertThat(found.path("earliestDateAvailable").asText())
                .startsWith(minute(clock.instant().minus(21, ChronoUnit.DAYS)));
        assertThat(found.fieldNames()).toIterable().startsWith("deletedRecords");
        assertThat(json(deleted(now, now.plusSeconds(600))).fieldNames())
                .toIterable()
                .endsWith("deletedRecords");

        assertThat(errorCode(deleted(now, now.plusSeconds(60)))).isEqualTo("INVALID_REPLICATION_DATE");
        assertThat(errorCode(deleted(now.minus(16, ChronoUnit.DAYS), now))).isEqualTo("INVALID_REPLICATION_DATE");
        salesforce.mostDeletedIds(1);
        assertThat(errorCode(deleted(now, now.plusSeconds(600)))).isEqualTo("EXCEEDED_ID_LIMIT");
        salesforce.trimDeleteLog(now.plusSeconds(600));
        assertThat(json(deleted(now, now.plusSeconds(600)))
                        .path("earliestDateAvailable")
                        .asText())
                .startsWith(minute(now.plusSeconds(600)));
    }

    // ---- the client's side

    private static FetchRequest.Builder fetch(int count) {
        return FetchRequest.newBuilder().setTopicName(CONTACTS).setNumRequested(count);
    }

    private static TopicRequest topicRequest(String topic) {
        return TopicRequest.newBuilder().setTopicName(topic).build();
    }

    private Client subscribe(ReplayPreset preset, int count) throws Exception {
        return subscribe(fetch(count).setReplayPreset(preset));
    }

    private Client subscribe(ByteString replayId, int count) throws Exception {
        return subscribe(fetch(count).setReplayPreset(ReplayPreset.CUSTOM).setReplayId(replayId));
    }

    private Client subscribe(FetchRequest.Builder first) throws Exception {
        int opened = (int) salesforce.recording().subscribes().stream()
                .filter(s -> s.refusedWith() == null)
                .count();
        Client client = new Client(stub());
        client.send(first);
        salesforce.recording().awaitSubscription(opened + 1);
        return client;
    }

    private void assertCorrupted(ByteString replayId) throws Exception {
        Client client = new Client(stub());
        client.send(fetch(1).setReplayPreset(ReplayPreset.CUSTOM).setReplayId(replayId));
        assertRefused(client.end(), Status.Code.INVALID_ARGUMENT, "subscription.fetch.replayid.corrupted");
    }

    private static void assertRefused(StatusRuntimeException end, Status.Code status, String code) {
        assertThat(end.getStatus().getCode()).isEqualTo(status);
        assertThat(end.getTrailers().get(ERROR_CODE)).isEqualTo(CODE + code);
        assertThat(end.getStatus().getDescription()).contains("rpcId: ");
    }

    private String codeOf(PubSubGrpc.PubSubStub stub) {
        try {
            blocking(stub).getTopic(topicRequest(CONTACTS));
            return "OK";
        } catch (StatusRuntimeException e) {
            String code = e.getTrailers() == null ? null : e.getTrailers().get(ERROR_CODE);
            return e.getStatus().getCode() + " " + (code == null ? "" : code.replace(CODE, ""));
        }
    }

    private PubSubGrpc.PubSubBlockingStub blocking(PubSubGrpc.PubSubStub stub) {
        return PubSubGrpc.newBlockingStub(stub.getChannel()).withDeadlineAfter(5, TimeUnit.SECONDS);
    }

    private PubSubGrpc.PubSubStub stub() throws Exception {
        return stub(token(), salesforce.loginUrl(), salesforce.orgId());
    }

    /** A stub with a connection of its own. */
    private PubSubGrpc.PubSubStub stub(String accessToken, String instanceUrl, String tenantId) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("accesstoken", Metadata.ASCII_STRING_MARSHALLER), accessToken);
        headers.put(Metadata.Key.of("instanceurl", Metadata.ASCII_STRING_MARSHALLER), instanceUrl);
        headers.put(Metadata.Key.of("tenantid", Metadata.ASCII_STRING_MARSHALLER), tenantId);
        ManagedChannel channel = NettyChannelBuilder.forAddress(salesforce.pubsubHost(), salesforce.pubsubPort())
                .usePlaintext()
                .intercept(MetadataUtils.newAttachHeadersInterceptor(headers))
                .build();
        channels.add(channel);
        return PubSubGrpc.newStub(channel);
    }

    private GenericRecord header(ConsumerEvent event) throws Exception {
        return (GenericRecord) read(event).get("ChangeEventHeader");
    }

    private GenericRecord read(ConsumerEvent event) throws Exception {
        SchemaInfo info = blocking(stub())
                .getSchema(SchemaRequest.newBuilder()
                        .setSchemaId(event.getEvent().getSchemaId())
                        .build());
        Schema schema = new Schema.Parser().parse(info.getSchemaJson());
        return new GenericDatumReader<GenericRecord>(schema)
                .read(
                        null,
                        DecoderFactory.get()
                                .binaryDecoder(event.getEvent().getPayload().toByteArray(), null));
    }

    private String token() throws Exception {
        return login().path("access_token").asText();
    }

    private JsonNode login() throws Exception {
        return json(post(credentials()));
    }

    private static Map<String, String> credentials() {
        return Map.of(
                "grant_type", "client_credentials",
                "client_id", SalesforceSimulator.CLIENT_ID,
                "client_secret", SalesforceSimulator.CLIENT_SECRET);
    }

    private HttpResponse<String> post(Map<String, String> form) throws Exception {
        String body = String.join(
                "&",
                form.entrySet().stream()
                        .map(e -> e.getKey() + "=" + encode(e.getValue()))
                        .toList());
        return web.send(
                HttpRequest.newBuilder(URI.create(salesforce.loginUrl() + "/services/oauth2/token"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .timeout(Duration.ofSeconds(3))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** The status when it is granted, the error when it is not. */
    private String postAssertion(String assertion) throws Exception {
        HttpResponse<String> answer =
                post(Map.of("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion", assertion));
        return answer.statusCode() == 200 ? "200" : json(answer).path("error").asText();
    }

    private static KeyPair rsaKeys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return generator.generateKeyPair();
    }

    private static String jwt(KeyPair keys, String user, String audience, long expiry) throws Exception {
        String claims = "{\"iss\":\"" + SalesforceSimulator.CLIENT_ID + "\",\"sub\":\"" + user + "\",\"aud\":\""
                + audience + "\",\"exp\":" + expiry + "}";
        String signed = base64("{\"alg\":\"RS256\"}".getBytes(StandardCharsets.UTF_8))
                + '.'
                + base64(claims.getBytes(StandardCharsets.UTF_8));
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(keys.getPrivate());
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + '.' + base64(signature.sign());
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private HttpResponse<String> query(String resource, String soql) throws Exception {
        return get("/services/data/v62.0/" + resource + "?q=" + encode(soql), token());
    }

    private HttpResponse<String> deleted(Instant start, Instant end) throws Exception {
        return get(
                "/services/data/v62.0/sobjects/Contact/deleted/?start=" + encode(start.toString()) + "&end="
                        + encode(end.toString()),
                token());
    }

    private HttpResponse<String> get(String path, String accessToken) throws Exception {
        return web.send(
                HttpRequest.newBuilder(URI.create(salesforce.loginUrl() + path))
                        .header("Authorization", "Bearer " + accessToken)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> answer) throws IOException {
        return new ObjectMapper().readTree(answer.body());
    }

    private static String errorCode(HttpResponse<String> answer) throws IOException {
        return json(answer).path(0).path("errorCode").asText();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String minute(Instant at) {
        return at.toString().substring(0, 16);
    }

    /** A subscriber: what came is kept in order, the end with it. */
    private static final class Client implements StreamObserver<FetchResponse> {

        private static final Object COMPLETED = new Object();

        private final BlockingQueue<Object> seen = new LinkedBlockingQueue<>();
        private StreamObserver<FetchRequest> requests;

        Client() {}

        Client(PubSubGrpc.PubSubStub stub) {
            requests = stub.subscribe(this);
        }

        void send(FetchRequest.Builder request) {
            requests.onNext(request.build());
        }

        FetchResponse next() throws InterruptedException {
            Object next = seen.poll(5, TimeUnit.SECONDS);
            assertThat(next).isInstanceOf(FetchResponse.class);
            return (FetchResponse) next;
        }

        /** How the stream ended: null = completed. */
        StatusRuntimeException end() {
            try {
                Object end = seen.poll(5, TimeUnit.SECONDS);
                assertThat(end).isNotNull().isNotInstanceOf(FetchResponse.class);
                return end == COMPLETED ? null : (StatusRuntimeException) end;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        boolean isQuiet() throws InterruptedException {
            return seen.poll(100, TimeUnit.MILLISECONDS) == null;
        }

        @Override
        public void onNext(FetchResponse response) {
            seen.add(response);
        }

        @Override
        public void onError(Throwable error) {
            seen.add(error);
        }

        @Override
        public void onCompleted() {
            seen.add(COMPLETED);
        }
    }

    /** A clock that a test moves. */
    private static final class SettableClock extends Clock {

        private volatile Instant now = Instant.parse("2026-03-01T08:30:15.250Z");

        void advance(Duration time) {
            now = now.plus(time);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
