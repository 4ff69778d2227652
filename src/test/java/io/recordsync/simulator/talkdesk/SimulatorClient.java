package io.recordsync.simulator.talkdesk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** What the simulator's own tests call it with: the JDK's HTTP client and bodies written out by hand. */
final class SimulatorClient {

    static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final TalkdeskSimulator talkdesk;
    private String token;

    SimulatorClient(TalkdeskSimulator talkdesk) {
        this.talkdesk = talkdesk;
    }

    String logIn(String scope) throws IOException {
        HttpResponse<String> answer = requestToken(basic(), clientCredentials(scope));
        token = JSON.readTree(answer.body()).path("access_token").asText();
        return token;
    }

    static String basic() {
        String pair = TalkdeskSimulator.CLIENT_ID + ":" + TalkdeskSimulator.CLIENT_SECRET;
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    static Map<String, String> clientCredentials(String scope) {
        return Map.of("grant_type", "client_credentials", "scope", scope);
    }

    HttpResponse<String> requestToken(String authorization, Map<String, String> form) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(talkdesk.tokenUrl()))
                .timeout(Duration.ofSeconds(10))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form.entrySet().stream()
                        .map(field ->
                                field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&"))));
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        return send(request.build());
    }

    HttpResponse<String> get(String pathOrUrl) throws IOException {
        String url = pathOrUrl.startsWith("/") ? talkdesk.url() + pathOrUrl : pathOrUrl;
        return send(HttpRequest.newBuilder(URI.create(url))
                .timeout(Duration.ofSeconds(10))
                .header("Authorization", "Bearer " + token)
                .build());
    }

    HttpResponse<String> delete(String list, String body) throws IOException {
        return send(deletion(list, body).build());
    }

    CompletableFuture<HttpResponse<String>> deleteLater(String list, String body) {
        return http.sendAsync(deletion(list, body).build(), BodyHandlers.ofString());
    }

    HttpRequest.Builder deletion(String list, String body) {
        return HttpRequest.newBuilder(URI.create(talkdesk.url() + "/record-lists/" + list + "/records/bulks"))
                .timeout(Duration.ofSeconds(10))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .method("DELETE", BodyPublishers.ofString(body));
    }

    HttpResponse<String> send(HttpRequest request) throws IOException {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted", e);
        }
    }

    static JsonNode json(HttpResponse<String> answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException("Not JSON: " + answer.body(), e);
        }
    }

    /** The body of the third example of the API page, with these ids. */
    static String salesforce(String... externalIds) {
        return Arrays.stream(externalIds)
                .map(id -> "{\"external_provider\":\"salesforce\",\"external_id\":\"" + id + "\"}")
                .collect(Collectors.joining(",", "[", "]"));
    }
}
