package io.recordsync.packages;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.recordsync.stories.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a cluster would refuse, or accept and do nothing with. No single check sees everything: each fault begins with the name of the
 * check that found it.
 */
final class ManifestFaults {

    /** Numbers and words of YAML are something else in the cluster than in a variable. */
    private static final Pattern UNQUOTED_VALUE = Pattern.compile("(?m)^\\s+value: (?![\"'])(.*)$");

    private static final ObjectMapper JSON = new ObjectMapper();

    private ManifestFaults() {}

    static List<String> of(String text) {
        Manifests manifests;
        try {
            manifests = Manifests.of(text);
        } catch (RuntimeException e) {
            return List.of("yaml: " + e.getMessage());
        }
        List<String> faults = new ArrayList<>(withoutRules(manifests));
        manifests.all("PrometheusRule").flatMap(rule -> rules(rule).stream()).forEach(faults::add);
        UNQUOTED_VALUE.matcher(text).results().forEach(value -> faults.add("yaml: not quoted: " + value.group(1)));
        return faults;
    }

    /** What is found without a program beside. */
    static List<String> withoutRules(Manifests manifests) {
        List<String> faults = new ArrayList<>();
        for (JsonNode object : manifests.objects()) {
            KubernetesTypes.wrong(object).ifPresent(fault -> faults.add("types: " + fault));
            KubernetesTypes.missing(object).ifPresent(fault -> faults.add("needed: " + fault));
        }
        Relations.faults(manifests).forEach(fault -> faults.add("relations: " + fault));
        return faults;
    }

    /** {@code promtool} knows the rules, not the object that they are in. */
    static List<String> rules(JsonNode rule) {
        try {
            Path file = Files.createTempFile("rules-", ".yml");
            try {
                // JSON is YAML.
                JSON.writeValue(file.toFile(), rule.path("spec"));
                Command.Ended checked = Command.of(
                                Programs.require("promtool").toString(), "check", "rules", file.toString())
                        .tryRun();
                return checked.exitCode() == 0 ? List.of() : List.of("rules: " + checked.said());
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
