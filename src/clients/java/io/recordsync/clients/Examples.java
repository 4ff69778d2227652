package io.recordsync.clients;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * An object of every schema of {@code openapi.json} that says all there is to say, by the name that generators give the schema.
 */
final class Examples {

    static final ObjectMapper JSON = new ObjectMapper();

    private final JsonNode document;
    private final long id;
    private final Map<String, JsonNode> examples = new TreeMap<>();

    private Examples(long id) throws IOException {
        this.document = JSON.readTree(Path.of("src/main/resources/ops/openapi.json").toFile());
        this.id = id;
    }

    /** @param id what every id is that is a number */
    static Map<String, JsonNode> all(long id) throws IOException {
        Examples examples = new Examples(id);
        examples.document.at("/components/schemas").properties().forEach(schema -> examples.put(
                schema.getKey(), schema.getValue()));
        examples.document.path("paths").forEach(path -> path.forEach(examples::ofOperation));
        return examples.examples;
    }

    private void ofOperation(JsonNode operation) {
        String name = operation.path("operationId").asText();
        String model = name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
        put(model + "Request", json(operation.path("requestBody")));
        operation.path("responses").properties().forEach(answer -> put(
                model + answer.getKey() + "Response", json(answer.getValue())));
    }

    private static JsonNode json(JsonNode carrier) {
        return carrier.at("/content/application~1json/schema");
    }

    /** What is no object, or has a name of its own, has no model. */
    private void put(String name, JsonNode schema) {
        if (schema.path("type").asText().equals("object") && schema.has("properties")) {
            examples.put(name, example(schema, ""));
        } else if (schema.path("type").asText().equals("array")
                && schema.at("/items/properties").isObject()) {
            examples.put(name + "Inner", example(schema.path("items"), ""));
        }
    }

    private JsonNode example(JsonNode schema, String property) {
        if (schema.has("$ref")) {
            return example(document.at(schema.path("$ref").asText().substring(1)), property);
        }
        if (schema.has("oneOf")) {
            return example(schema.path("oneOf").get(0), property);
        }
        if (schema.has("enum")) {
            return schema.path("enum").get(0);
        }
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        String type =
                schema.path("type").isArray() ? schema.path("type").get(0).asText() : schema.path("type").asText();
        return switch (type) {
            case "object" -> {
                ObjectNode object = nodes.objectNode();
                schema.path("properties")
                        .properties()
                        .forEach(each -> object.set(each.getKey(), example(each.getValue(), each.getKey())));
                yield object;
            }
            case "array" -> {
                ArrayNode array = nodes.arrayNode();
                yield array.add(example(schema.path("items"), property));
            }
            case "integer" -> schema.path("format").asText().equals("int64")
                    ? nodes.numberNode(id)
                    : nodes.numberNode(7);
            case "number" -> nodes.numberNode(7.5);
            case "boolean" -> nodes.booleanNode(true);
            case "string" -> nodes.textNode(
                    schema.path("format").asText().equals("date-time")
                            ? "2026-03-01T10:00:00.123Z"
                            : "any " + property);
            default -> throw new IllegalStateException("No example of " + schema);
        };
    }
}
