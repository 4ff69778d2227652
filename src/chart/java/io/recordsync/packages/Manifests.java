package io.recordsync.packages;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * What was rendered: the text, and the objects in it as a cluster reads them.
 *
 * <p>That is YAML 1.1, where {@code on} is a boolean and {@code 0640} a number, which Jackson's reader would take for texts.
 */
record Manifests(String text, List<JsonNode> objects) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** @throws RuntimeException where it is no YAML, or names a key twice */
    static Manifests of(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        List<JsonNode> objects = new ArrayList<>();
        for (Object object : new Yaml(new SafeConstructor(options)).loadAll(text)) {
            if (object != null) {
                objects.add(JSON.valueToTree(object));
            }
        }
        return new Manifests(text, objects);
    }

    static boolean is(JsonNode object, String kind) {
        return object.path("kind").asText().equals(kind);
    }

    Stream<JsonNode> all(String kind) {
        return objects.stream().filter(object -> is(object, kind));
    }

    /** The only one. */
    JsonNode one(String kind) {
        List<JsonNode> found = all(kind).toList();
        if (found.size() != 1) {
            throw new AssertionError(found.size() + " of kind " + kind + " in:\n" + text);
        }
        return found.get(0);
    }

    /** Deployment or StatefulSet. */
    Stream<JsonNode> workloads() {
        return objects.stream().filter(object -> object.at("/spec/template").isObject());
    }

    JsonNode workload() {
        return workloads().findFirst().orElseThrow();
    }

    JsonNode pod() {
        return workload().at("/spec/template/spec");
    }

    JsonNode container() {
        return pod().at("/containers/0");
    }

    /** The file that the service reads. */
    String properties() {
        return one("ConfigMap").path("data").path("application.properties").textValue();
    }
}
