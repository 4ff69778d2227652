package io.recordsync.ops;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The OpenAPI document as tests hold the service to it: what it forbids is refused, and what is answered is as it says. */
public final class ApiDocument {

    private static final ObjectMapper JSON = new ObjectMapper();
    /** The server's own refusals of what never reaches a route. */
    private static final Set<Integer> OF_THE_SERVER = Set.of(404, 405, 413);

    private final JsonNode document;
    private final SchemaRegistry schemas = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    public ApiDocument() {
        try (InputStream file = ApiDocument.class.getResourceAsStream("/ops/openapi.json")) {
            document = JSON.readTree(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code GET /api/status}, … */
    Map<String, JsonNode> operations() {
        Map<String, JsonNode> operations = new TreeMap<>();
        document.get("paths").properties().forEach(path -> path.getValue()
                .properties()
                .forEach(operation -> operations.put(
                        operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(), operation.getValue())));
        return operations;
    }

    /** Holds an answer to the document, and the body that was sent: one that it forbids must have been refused. */
    public void check(String method, String uri, String sent, HttpResponse<String> answer) {
        String path = uri.replaceFirst("\\?.*", "");
        if (!path.startsWith("/api/")) {
            return;
        }
        String what = method + " " + path + " answered " + answer.statusCode() + ": ";
        JsonNode operation = operation(method, path);
        if (operation == null) {
            require(answer.statusCode() == 404 || answer.statusCode() == 405, what + "it is not in the document");
            return;
        }
        require(answer.statusCode() >= 400 || allows(method, path, sent), what + "the document forbids " + sent);
        checkAnswer(what, operation, answer);
    }

    /** Whether the body is one that the document describes. */
    boolean allows(String method, String path, String body) {
        JsonNode schema = operation(method, path).at("/requestBody/content/application~1json/schema");
        return schema.isEmpty() || conforms(schema, body);
    }

    private void checkAnswer(String what, JsonNode operation, HttpResponse<String> answer) {
        String type = answer.headers().firstValue("Content-Type").orElse("none").replaceFirst(";.*", "");
        JsonNode response = operation.get("responses").get(Integer.toString(answer.statusCode()));
        if (response == null) {
            if (OF_THE_SERVER.contains(answer.statusCode()) && !type.contains("problem")) {
                return;
            }
            require(answer.statusCode() >= 400, what + "the document knows no such answer");
            response = document.at("/components/responses/Problem");
        }
        JsonNode schema = response.path("content").path(type).path("schema");
        require(!schema.isMissingNode(), what + "the document knows no such type: " + type);
        if (type.endsWith("json")) {
            List<Error> errors = errors(schema, read(answer.body()));
            require(errors.isEmpty(), what + answer.body() + " " + errors);
        }
    }

    private JsonNode operation(String method, String path) {
        Map<String, JsonNode> operations = operations();
        JsonNode exact = operations.get(method + " " + path);
        return exact != null ? exact : operations.get(method + " " + path.replaceFirst("/[^/]+$", "/{id}"));
    }

    private boolean conforms(JsonNode schema, String body) {
        try {
            JsonNode sent = JSON.readTree(body == null ? "" : body);
            return !sent.isMissingNode() && errors(schema, sent).isEmpty();
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    private List<Error> errors(JsonNode schema, JsonNode value) {
        ObjectNode whole = schema.deepCopy();
        whole.set("components", document.get("components"));
        Consumer<ExecutionContext> formatsToo =
                context -> context.executionConfig(config -> config.formatAssertionsEnabled(true));
        return schemas.getSchema(whole).validate(value, formatsToo);
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new AssertionError("Not JSON: " + json, e);
        }
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new AssertionError(otherwise);
        }
    }
}
