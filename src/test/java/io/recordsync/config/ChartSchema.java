package io.recordsync.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The schema of the Helm chart's values: written by hand, but for the keys of the configuration, which come from the table. */
final class ChartSchema {

    /** Keys that the chart sets, or that have one right value in it. */
    static final Set<String> OF_THE_CHART =
            Set.of("ops.host", "ops.port", "ops.enabled", "ops.allowed-hosts", "data.folder", "log.file");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern BOUNDS = Pattern.compile("a whole number from (\\d+) to (\\d+)");

    private ChartSchema() {}

    /** @return it, with the keys that there are now */
    static String withKeys(String schema) throws JsonProcessingException {
        ObjectNode root = (ObjectNode) JSON.readTree(schema);
        ObjectNode values = (ObjectNode) root.get("properties");
        ObjectNode settings = ((ObjectNode) values.get("settings")).putObject("properties");
        ArrayNode secrets = ((ObjectNode) values.get("secrets").get("propertyNames")).putArray("enum");
        ArrayNode needed = root.putArray("allOf");
        for (Key<?> key : Keys.all()) {
            if (OF_THE_CHART.contains(key.name())) {
                continue;
            }
            if (key.isSecret()) {
                settings.set(key.name() + ".file", reference("text"));
            } else {
                settings.set(key.name(), form(key));
            }
            // The chart looks at it.
            if (!key.name().equals("store.url")) {
                secrets.add(key.name());
            }
            if (key.mustBeSet() && key.condition() == null) {
                ArrayNode either = needed.addObject().putArray("anyOf");
                required(either.addObject(), "settings", key.name());
                required(either.addObject(), "secrets", key.name());
            }
        }
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
        printer.indentArraysWith(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE);
        return JSON.writer(printer).writeValueAsString(root) + "\n";
    }

    /** What YAML may take it for: {@code 64.0} and {@code off} have to be quoted, a number need not be. */
    private static JsonNode form(Key<?> key) {
        String expected = key.form().expected();
        Matcher bounds = BOUNDS.matcher(expected);
        if (bounds.matches()) {
            ObjectNode number = JSON.createObjectNode();
            number.putArray("type").add("string").add("integer");
            return number.put("pattern", "^[0-9]+$")
                    .put("minimum", Long.parseLong(bounds.group(1)))
                    .put("maximum", Long.parseLong(bounds.group(2)));
        }
        if (expected.startsWith("milliseconds")) {
            return reference("duration");
        }
        return reference(expected.equals("true or false") ? "switch" : "text");
    }

    private static ObjectNode reference(String definition) {
        ObjectNode reference = JSON.createObjectNode();
        return reference.put("$ref", "#/definitions/" + definition);
    }

    private static void required(ObjectNode schema, String where, String key) {
        schema.putObject("properties").putObject(where).putArray("required").add(key);
    }
}
