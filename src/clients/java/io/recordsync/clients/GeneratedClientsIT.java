package io.recordsync.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.clients.generated.ApiClient;
import io.recordsync.clients.generated.ApiException;
import io.recordsync.clients.generated.DefaultApi;
import io.recordsync.clients.generated.model.Deletion;
import io.recordsync.clients.generated.model.DeletionOrderInner;
import io.recordsync.clients.generated.model.HeldSelection;
import io.recordsync.clients.generated.model.OpenGuardRequest;
import io.recordsync.clients.generated.model.OrderPresenceCheckRequest;
import io.recordsync.clients.generated.model.OrderSweepRequest;
import io.recordsync.clients.generated.model.ParkedSelection;
import io.recordsync.clients.generated.model.Receipt;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import io.recordsync.stories.Service;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that openapi-generator makes of {@code openapi.json}, with its defaults, used against the service.
 *
 * <p>One in TypeScript approved all 40 deletions that were held when it was told to approve one: of an alternative it sent
 * nothing.
 */
class GeneratedClientsIT {

    private static final String LIST = "5f1c7a2e-c11e-4a7e-9b2f-aaaaaaaaaaaa";

    @TempDir
    private static Path folder;

    private static SalesforceSimulator salesforce;
    private static TalkdeskSimulator talkdesk;
    private static Service service;
    private static List<String> contacts;

    @BeforeAll
    static void hold_forty_deletions() throws Exception {
        salesforce = SalesforceSimulator.start();
        talkdesk = TalkdeskSimulator.start();
        talkdesk.addList(LIST, "EXTERNAL");
        service = new Service(folder, salesforce, talkdesk, LIST)
                .with("guard.max-deletions", "20")
                .startSubscribed();
        contacts = salesforce.createContacts(40);
        talkdesk.addRecords(LIST, "salesforce", contacts);
        salesforce.publishMergedDelete(contacts.toArray(String[]::new));
        service.await("they are held", () -> service.count("held") == 40);
    }

    @AfterAll
    static void stop() {
        service.close();
        talkdesk.close();
        salesforce.close();
    }

    // ---- Java

    @Test
    void no_schema_becomes_less_in_java() throws Exception {
        ObjectMapper mapper = ApiClient.createDefaultObjectMapper();
        for (Map.Entry<String, JsonNode> each : Examples.all(9_007_199_254_740_993L).entrySet()) {
            Class<?> model = Class.forName("io.recordsync.clients.generated.model." + each.getKey());

            Object read = mapper.readValue(each.getValue().toString(), model);

            assertThat(mapper.readTree(mapper.writeValueAsString(read)))
                    .as(each.getKey())
                    .isEqualTo(mapper.readTree(each.getValue().toString()));
        }
    }

    @Test
    void a_java_client_approves_what_it_names_and_nothing_else() throws Exception {
        DefaultApi api = java();
        List<Deletion> held =
                api.findDeletions("held", "guard", null, null, 1000, null).getDeletions();
        Long id = held.get(0).getId();
        HeldSelection one = new HeldSelection().ids(List.of(id));
        assertThat(ApiClient.createDefaultObjectMapper().writeValueAsString(one)).isEqualTo("{\"ids\":[" + id + "]}");

        assertThat(api.approveHeld(one).getCount()).isEqualTo(1);

        assertThat(service.count("held")).isEqualTo(held.size() - 1L);
        assertThat(refusal(() -> api.approveHeld(new HeldSelection()))).isEqualTo(400);
        assertThat(refusal(() -> api.rejectHeld(new HeldSelection()))).isEqualTo(400);
        assertThat(refusal(() -> api.redriveDeletions(new ParkedSelection()))).isEqualTo(400);
        assertThat(refusal(() -> api.approveHeld(new HeldSelection().recordList(LIST))))
                .isEqualTo(400);
        assertThat(service.count("held")).isEqualTo(held.size() - 1L);
        talkdesk.awaitGone(LIST, List.of(held.get(0).getExternalId()));
    }

    @Test
    void a_java_client_reads_every_answer() throws Exception {
        DefaultApi api = java();

        List<Receipt> receipts =
                api.showReceipts(contacts.get(0), null, null, null).getReceipts();
        assertThat(receipts).extracting(Receipt::getExternalId).containsExactly(contacts.get(0));
        assertThat(receipts.get(0).getWords()).isNotBlank();
        assertThat(api.showReceipts(null, "2026-01-01", "2100-01-01", "json").getReceipts())
                .hasSizeGreaterThanOrEqualTo(40);
        assertThat(api.showStatus().getGuard().getMax()).isEqualTo(20);
        assertThat(api.showHistory(1).getPoints()).isNotEmpty();
        assertThat(api.showDeadLetters().getGroups()).isEmpty();
        Long id = api.findDeletions(null, null, LIST, contacts.get(1), 1, null)
                .getDeletions()
                .get(0)
                .getId();
        assertThat(api.showDeletion(id).getExternalId()).isEqualTo(contacts.get(1));
        assertThat(refusal(() -> api.showDeletion(9_007_199_254_740_993L))).isEqualTo(404);
    }

    @Test
    void a_java_client_gives_every_order() throws Exception {
        DefaultApi api = java();

        assertThat(api.pauseDelivery(null).getState()).isNotBlank();
        List<Long> ids = api.orderDeletions(
                        List.of(new DeletionOrderInner()
                                .externalProvider("salesforce")
                                .externalId("003JAVA00000000AAA")))
                .getIds();
        assertThat(ids).hasSize(1);
        assertThat(api.resumeDelivery(Map.of()).getState()).isNotBlank();
        assertThat(api.showDeletion(ids.get(0)).getState().getValue())
                .as("the guard holds all that comes")
                .isEqualTo("held");
        assertThat(api.rejectHeld(new HeldSelection().ids(ids)).getCount()).isEqualTo(1);
        assertThat(api.orderSweep(new OrderSweepRequest())).isNotNull();
        assertThat(api.orderPresenceCheck(new OrderPresenceCheckRequest().recordList(LIST))
                        .getRecordLists())
                .containsExactly(LIST);
        assertThat(api.openGuard(new OpenGuardRequest()._for("0s")).getOpenedBy()).isNotBlank();
        // Not with an empty ids beside it, which is refused: a list that nobody has set is none.
        assertThat(api.redriveDeletions(new ParkedSelection().state(ParkedSelection.StateEnum.PARKED))
                        .getCount())
                .isZero();
    }

    private static DefaultApi java() {
        ApiClient client = new ApiClient();
        client.updateBaseUri("http://localhost:" + service.port());
        return new DefaultApi(client);
    }

    private interface Order {
        void give() throws ApiException;
    }

    private static int refusal(Order order) {
        return catchThrowableOfType(ApiException.class, order::give).getCode();
    }

    // ---- TypeScript

    @Test
    void a_typescript_client_says_what_it_is_told() throws Exception {
        Path examples = folder.resolve("examples.json");
        Files.writeString(examples, Examples.JSON.writeValueAsString(Examples.all(4_711)));
        long before = service.count("held");

        List<String> done = Node.run(
                Map.of(),
                "dist/use-the-api.js",
                "http://localhost:" + service.port(),
                examples.toString(),
                contacts.get(2),
                LIST);

        assertThat(done).containsExactly("no schema becomes less", "it approves what it names", "it reads and orders");
        assertThat(service.count("held")).isEqualTo(before - 1);
    }
}
