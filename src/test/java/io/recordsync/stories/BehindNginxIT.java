package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page behind nginx as Debian packages it: what it sends by itself is another Host header than the browser's. */
@Tag("servers")
class BehindNginxIT {

    private static final Pattern BLOCK = Pattern.compile("```nginx\\n(.*?)```", Pattern.DOTALL);
    /** By {@code htpasswd -nbB}. */
    private static final String ADA = "ada:$2y$05$Ig4xUq34scIBM4f50bK/LucrHS4ARZ61G/.Ma1OFUX.OUW1Qsi0FS\n";

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    Path folder;

    @Test
    void an_order_is_refused_in_words_that_name_the_header_until_nginx_passes_it_on() throws Exception {
        try (Nginx alone = new Nginx(folder.resolve("alone"));
                Nginx host = new Nginx(folder.resolve("host"));
                Nginx upstream = new Nginx(folder.resolve("upstream"));
                Nginx documented = new Nginx(folder.resolve("documented"));
                SalesforceSimulator salesforce = SalesforceSimulator.start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start()) {
            talkdesk.addList("nginx-a", "EXTERNAL");
            try (Service service = new Service(folder, salesforce, talkdesk, "nginx-a").start()) {
                String address = "http://127.0.0.1:" + service.port();
                alone.start("", "location / { proxy_pass " + address + "; }");
                host.start("", "location / { proxy_pass " + address + "; proxy_set_header Host $host; }");
                upstream.start(
                        "", "location / { proxy_pass " + address + "; proxy_set_header Host recordsync_upstream; }");
                documented.start("", documented().replace("http://127.0.0.1:8080", address));

                assertThat(read(alone)).isEqualTo(200);
                assertThat(read(host)).isEqualTo(200);
                assertRefused(pause(alone), "Host header (127.0.0.1:" + service.port() + ")");
                assertRefused(pause(host), "Host header (localhost)");
                assertRefused(pause(upstream), "Host header names no allowed host (recordsync_upstream)");
                assertThat(service.status().at("/delivery/state").asText()).isEqualTo("open");

                assertThat(pause(documented).statusCode()).isEqualTo(200);
                assertThat(service.status().at("/delivery/state").asText()).isEqualTo("paused");
            }
        }
    }

    @Test
    void by_tls_as_documented_people_sign_in_and_decide_and_what_they_do_bears_their_name() throws Exception {
        TestCa ca = new TestCa();
        ca.pem(folder);
        Path users = Files.writeString(folder.resolve("users"), ADA);
        try (Nginx nginx = new Nginx(folder.resolve("tls"));
                SalesforceSimulator salesforce = SalesforceSimulator.start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start()) {
            talkdesk.addList("nginx-b", "EXTERNAL");
            try (Service service = new Service(folder, salesforce, talkdesk, "nginx-b")
                    .with("ops.users", users.toString())
                    .as("ada", "the password of ada")
                    .start()) {
                nginx.start(
                        "ssl",
                        documented("server {")
                                .replaceFirst("server \\{", "")
                                .replaceFirst("}\\s*$", "")
                                .replaceFirst("listen .*", "")
                                .replace(
                                        "/etc/ssl/private/sync.key",
                                        folder.resolve("page.key").toString())
                                .replace(
                                        "/etc/ssl/certs/sync.pem",
                                        folder.resolve("page.crt").toString())
                                .replace("http://127.0.0.1:8080", "http://127.0.0.1:" + service.port()));
                HttpClient http =
                        HttpClient.newBuilder().sslContext(ca.client()).build();
                String page = "https://localhost:" + nginx.port();
                String ada = "Basic " + Base64.getEncoder().encodeToString("ada:the password of ada".getBytes());

                assertThat(http.send(
                                        HttpRequest.newBuilder(URI.create(page + "/"))
                                                .build(),
                                        HttpResponse.BodyHandlers.ofString())
                                .statusCode())
                        .isEqualTo(401);
                HttpResponse<String> paused = http.send(
                        HttpRequest.newBuilder(URI.create(page + "/api/pause"))
                                .header("Authorization", ada)
                                .header("Content-Type", "application/json")
                                .header("Origin", page)
                                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());

                assertThat(paused.statusCode()).as(paused.body()).isEqualTo(200);
                assertThat(service.log()).contains("ada@127.0.0.1 paused the delivery");
            }
        }
    }

    private static String documented() throws Exception {
        return documented("location");
    }

    /** The block of the operations page that begins so. */
    private static String documented(String beginning) throws Exception {
        Matcher block = BLOCK.matcher(Files.readString(Path.of("docs/operations.md")));
        while (block.find()) {
            if (block.group(1).startsWith(beginning)) {
                return block.group(1);
            }
        }
        throw new AssertionError("no block begins with " + beginning);
    }

    private static void assertRefused(HttpResponse<String> answer, String header) {
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains(header, "proxy_set_header Host $http_host");
    }

    private static int read(Nginx nginx) throws Exception {
        return HTTP.send(
                        HttpRequest.newBuilder(address(nginx, "/api/status")).build(),
                        HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    /** As the page sends it. */
    private static HttpResponse<String> pause(Nginx nginx) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(address(nginx, "/api/pause"))
                        .header("Content-Type", "application/json")
                        .header("Origin", "http://localhost:" + nginx.port())
                        .POST(HttpRequest.BodyPublishers.ofString("{}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static URI address(Nginx nginx, String path) {
        return URI.create("http://localhost:" + nginx.port() + path);
    }
}
