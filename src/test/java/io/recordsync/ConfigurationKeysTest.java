package io.recordsync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The reference is complete, and tells of nothing that has no effect. */
class ConfigurationKeysTest {

    private static final Path REFERENCE = Path.of("config/application.properties");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([a-z0-9.-]+)}}|\\$\\{properties:([a-z0-9.-]+)}");
    /** What a class asks for itself, because a placeholder would break: {@code FrontDoor}. */
    private static final Pattern ASKED_FOR = Pattern.compile("configured\\(\"([a-z0-9.-]+)\"\\)");

    @Test
    void every_key_that_is_used_is_documented_and_every_documented_key_is_used() throws IOException {
        Set<String> used = new TreeSet<>();
        try (Stream<Path> routes = Files.list(Path.of("routes"));
                Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            for (Path file : routes.filter(Files::isRegularFile).toList()) {
                used.addAll(keys(PLACEHOLDER, file));
            }
            for (Path file : sources.filter(Files::isRegularFile).toList()) {
                used.addAll(keys(ASKED_FOR, file));
            }
        }
        used.addAll(keys(PLACEHOLDER, REFERENCE));

        assertThat(documented()).containsExactlyInAnyOrderElementsOf(used);
    }

    @Test
    void the_alternative_routes_use_documented_keys_too() throws IOException {
        try (Stream<Path> routes = Files.list(Path.of("routes/alternatives"))) {
            for (Path file : routes.toList()) {
                assertThat(keys(PLACEHOLDER, file)).as("%s", file).isNotEmpty().isSubsetOf(documented());
            }
        }
    }

    /** Camel has a component for each scheme; the simulators speak the one, the world the other. */
    @Test
    void what_is_set_for_http_is_set_for_https() throws IOException {
        Set<String> http = new TreeSet<>();
        Set<String> https = new TreeSet<>();
        for (String key : reference().stringPropertyNames()) {
            if (key.startsWith("camel.component.http.")) {
                http.add(key.substring("camel.component.http.".length()));
            } else if (key.startsWith("camel.component.https.")) {
                https.add(key.substring("camel.component.https.".length()));
            }
        }

        assertThat(https).isNotEmpty().isEqualTo(http);
    }

    private static Properties reference() throws IOException {
        Properties reference = new Properties();
        try (var reader = Files.newBufferedReader(REFERENCE)) {
            reference.load(reader);
        }
        return reference;
    }

    /** The keys of the reference but for Camel's own. */
    private static Set<String> documented() throws IOException {
        Set<String> keys = new TreeSet<>(reference().stringPropertyNames());
        keys.removeIf(key -> key.startsWith("camel."));
        return keys;
    }

    private static Set<String> keys(Pattern form, Path file) throws IOException {
        Set<String> keys = new TreeSet<>();
        Matcher matcher = form.matcher(Files.readString(file));
        while (matcher.find()) {
            for (int group = 1; group <= matcher.groupCount(); group++) {
                if (matcher.group(group) != null) {
                    keys.add(matcher.group(group));
                }
            }
        }
        return keys;
    }
}
