package io.recordsync.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.inbox.LateRestorations.LateRestoration;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who has to be imported again, as JSON and as CSV. */
class RestoredTooLateRouteTest {

    private static final String PATH = "/api/restored-too-late";
    private static OpsServer server;

    @BeforeAll
    static void start() throws Exception {
        server = OpsServer.start("127.0.0.1", "");
        server.late = List.of(
                new LateRestoration(
                        "salesforce",
                        "003DL0000212DetYAE",
                        "list-a",
                        OpsServer.NOW.minusSeconds(60),
                        OpsServer.NOW.minusSeconds(30),
                        OpsServer.NOW,
                        true),
                new LateRestoration(
                        "crm",
                        "=HYPERLINK(\"http://evil.example\",\"x\")",
                        "list-a",
                        OpsServer.NOW.minusSeconds(60),
                        null,
                        OpsServer.NOW,
                        false));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void json_names_ids_lists_and_times() throws Exception {
        HttpResponse<String> answer = server.get(PATH);

        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(new ObjectMapper().readTree(answer.body()).at("/restored/0"))
                .isEqualTo(
                        new ObjectMapper()
                                .readTree(
                                        """
                                        {"externalProvider": "salesforce", "externalId": "003DL0000212DetYAE",
                                         "recordList": "list-a", "restoredAt": "2026-03-01T12:00:00Z",
                                         "deletedAt": "2026-03-01T11:59:00Z", "calledAt": "2026-03-01T11:59:30Z", "removed": "yes"}"""));
    }

    @Test
    void csv_is_given_to_those_who_accept_it_and_no_cell_of_it_is_a_formula() throws Exception {
        HttpResponse<String> answer = server.get(PATH, "Accept", "text/csv");

        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/csv");
        assertThat(answer.headers().firstValue("Content-Disposition"))
                .hasValue("attachment; filename=\"restored-too-late.csv\"");
        assertThat(answer.body())
                .isEqualTo(
                        """
                        externalProvider,externalId,recordList,restoredAt,deletedAt,calledAt,removed\r
                        salesforce,003DL0000212DetYAE,list-a,2026-03-01T12:00:00Z,2026-03-01T11:59:00Z,2026-03-01T11:59:30Z,yes\r
                        crm,"'=HYPERLINK(""http://evil.example"",""x"")",list-a,2026-03-01T12:00:00Z,2026-03-01T11:59:00Z,,perhaps\r
                        """);
    }

    @Test
    void an_unknown_parameter_is_refused() throws Exception {
        assertThat(server.get(PATH + "?since=2026").statusCode()).isEqualTo(400);
    }
}
