package io.recordsync.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.salesforce.eventbus.protobuf.ConsumerEvent;
import com.salesforce.eventbus.protobuf.FetchRequest;
import com.salesforce.eventbus.protobuf.FetchResponse;
import com.salesforce.eventbus.protobuf.PubSubGrpc;
import com.salesforce.eventbus.protobuf.ReplayPreset;
import com.salesforce.eventbus.protobuf.SchemaRequest;
import com.salesforce.eventbus.protobuf.TopicRequest;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/**
 * The least that does the job, in memory: a loop on the gRPC stubs and {@code java.net.http}, without retries, position or
 * record of anything. The floor of the benchmark, and the measure of the simulators.
 *
 * <p>Arguments: login URL, Pub/Sub port, Talkdesk's URL, record list. With {@code read <n>} it only reads so many events,
 * with {@code delete <n>} it only deletes the first so many contacts; then it prints the nanoseconds that took and ends.
 */
public final class RawClient {

    private static final String TOPIC = "/data/ContactChangeEvent";
    private static final int BATCH = 100;
    private static final int IN_FLIGHT = 8;
    /** This part of what is only read or deleted is not measured. */
    private static final int WARM_UP = 4;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Semaphore free = new Semaphore(IN_FLIGHT);
    private final URI bulks;
    private final String token;
    private List<String> batch = new ArrayList<>();

    private RawClient(String talkdeskUrl, String recordList) throws Exception {
        bulks = URI.create(talkdeskUrl + "/record-lists/" + recordList + "/records/bulks");
        String client = TalkdeskSimulator.CLIENT_ID + ":" + TalkdeskSimulator.CLIENT_SECRET;
        token = token(
                        talkdeskUrl + "/oauth/token",
                        "scope=record-lists:manage",
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(client.getBytes(StandardCharsets.UTF_8)))
                .path("access_token")
                .asText();
    }

    public static void main(String[] args) throws Exception {
        RawClient client = new RawClient(args[2], args[3]);
        if (args.length == 4) {
            client.follow(args[0], args[1], -1);
        } else if (args[4].equals("read")) {
            System.out.println(client.follow(args[0], args[1], Integer.parseInt(args[5])));
        } else {
            System.out.println(client.deleteFirst(Integer.parseInt(args[5])));
        }
        System.exit(0);
    }

    /** Reads and deletes without end, or only reads so many events. @return events a second */
    private double follow(String loginUrl, String port, int most) throws Exception {
        JsonNode login = token(
                loginUrl + "/services/oauth2/token",
                "client_id=" + SalesforceSimulator.CLIENT_ID + "&client_secret=" + SalesforceSimulator.CLIENT_SECRET);
        Metadata headers = new Metadata();
        headers.put(key("accesstoken"), login.path("access_token").asText());
        headers.put(key("instanceurl"), login.path("instance_url").asText());
        headers.put(key("tenantid"), login.path("id").asText().split("/id/")[1].split("/")[0]);
        ManagedChannel channel = ManagedChannelBuilder.forAddress("127.0.0.1", Integer.parseInt(port))
                .usePlaintext()
                .maxInboundMessageSize(64 * 1024 * 1024)
                .build();
        var credentials = MetadataUtils.newAttachHeadersInterceptor(headers);
        var blocking = PubSubGrpc.newBlockingStub(channel).withInterceptors(credentials);
        String schemaId = blocking.getTopic(
                        TopicRequest.newBuilder().setTopicName(TOPIC).build())
                .getSchemaId();
        Schema schema = new Schema.Parser()
                .parse(blocking.getSchema(
                                SchemaRequest.newBuilder().setSchemaId(schemaId).build())
                        .getSchemaJson());
        Reader reader = new Reader(new GenericDatumReader<>(schema), most);
        reader.requests =
                PubSubGrpc.newStub(channel).withInterceptors(credentials).subscribe(reader);
        reader.requests.onNext(FetchRequest.newBuilder()
                .setTopicName(TOPIC)
                .setReplayPreset(ReplayPreset.LATEST)
                .setNumRequested(BATCH)
                .build());
        reader.end.await();
        return perSecond(most - most / WARM_UP, reader.warm);
    }

    private final class Reader implements StreamObserver<FetchResponse> {

        private final CountDownLatch end = new CountDownLatch(1);
        private final GenericDatumReader<GenericRecord> events;
        private final int most;
        private volatile StreamObserver<FetchRequest> requests;
        private volatile long warm;
        private BinaryDecoder decoder;
        private int seen;

        private Reader(GenericDatumReader<GenericRecord> events, int most) {
            this.events = events;
            this.most = most;
        }

        @Override
        public void onNext(FetchResponse response) {
            try {
                for (ConsumerEvent event : response.getEventsList()) {
                    read(event.getEvent().getPayload().toByteArray());
                }
            } catch (Exception e) {
                onError(e);
                return;
            }
            if (response.getEventsCount() > 0) {
                requests.onNext(FetchRequest.newBuilder()
                        .setNumRequested(response.getEventsCount())
                        .build());
            }
            seen += response.getEventsCount();
            if (warm == 0 && seen >= most / WARM_UP) {
                warm = System.nanoTime();
            }
            if (seen >= most && most > 0) {
                end.countDown();
            }
        }

        private void read(byte[] payload) throws Exception {
            decoder = DecoderFactory.get().binaryDecoder(payload, decoder);
            GenericRecord header = (GenericRecord) events.read(null, decoder).get("ChangeEventHeader");
            if (most < 0 && header.get("changeType").toString().equals("DELETE")) {
                for (Object id : (List<?>) header.get("recordIds")) {
                    delete(id.toString());
                }
            }
        }

        @Override
        public void onError(Throwable failure) {
            failure.printStackTrace();
            System.exit(1);
        }

        @Override
        public void onCompleted() {
            end.countDown();
        }
    }

    private double deleteFirst(int count) throws InterruptedException {
        long warm = 0;
        for (int i = 0; i < count; i++) {
            if (i == count / WARM_UP) {
                warm = System.nanoTime();
            }
            delete(SpreadIds.of(i));
        }
        free.acquire(IN_FLIGHT);
        return perSecond(count - count / WARM_UP, warm);
    }

    private static double perSecond(int count, long since) {
        return count / ((System.nanoTime() - since) / 1e9);
    }

    private void delete(String id) throws InterruptedException {
        batch.add("{\"external_provider\":\"salesforce\",\"external_id\":\"" + id + "\"}");
        if (batch.size() < BATCH) {
            return;
        }
        HttpRequest call = HttpRequest.newBuilder(bulks)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .method("DELETE", HttpRequest.BodyPublishers.ofString("[" + String.join(",", batch) + "]"))
                .build();
        batch = new ArrayList<>();
        free.acquire();
        http.sendAsync(call, HttpResponse.BodyHandlers.ofByteArray()).whenComplete((answer, failure) -> {
            free.release();
            if (failure != null || answer.statusCode() != 200) {
                System.err.println("A call failed: " + (failure != null ? failure : answer.statusCode()));
                System.exit(1);
            }
        });
    }

    private JsonNode token(String url, String form, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("grant_type=client_credentials&" + form));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return JSON.readTree(
                http.send(request.build(), HttpResponse.BodyHandlers.ofString()).body());
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }
}
