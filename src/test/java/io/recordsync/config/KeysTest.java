package io.recordsync.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.recordsync.config.Key.Group;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table, the reference and what the routes ask for are the same keys; {@link SettingsTest} shows that each has an effect. */
class KeysTest {

    private static final Path REFERENCE = Path.of("config/application.properties");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([a-z0-9.-]+)}}|\\$\\{properties:([a-z0-9.-]+)}");
    /** What a class asks for itself, because a placeholder would break: {@code FrontDoor}. */
    private static final Pattern ASKED_FOR = Pattern.compile("configured\\(\"([a-z0-9.-]+)\"\\)");

    private static final Pattern WRITTEN = Pattern.compile("([a-z0-9.-]+) =.*");

    @Test
    void the_reference_lists_every_key_in_the_order_of_the_table_with_its_default_and_its_group() throws IOException {
        List<String> table = Keys.all().stream()
                .map(key -> line(key.group(), key.name(), key.byDefault().orElse("")))
                .toList();

        List<String> written = new ArrayList<>();
        Group group = null;
        for (String line : Files.readAllLines(REFERENCE)) {
            if (line.startsWith("# ==== Camel's own settings")) {
                break;
            }
            for (Group each : Group.values()) {
                group = line.startsWith("# ==== " + each.title()) ? each : group;
            }
            Matcher key = WRITTEN.matcher(line);
            if (key.matches()) {
                written.add(line(group, key.group(1), reference().getProperty(key.group(1))));
            }
        }

        assertThat(written).isEqualTo(table);
    }

    @Test
    void every_key_that_the_routes_and_the_code_ask_for_is_in_the_table() throws IOException {
        Set<String> used = new TreeSet<>(keys(PLACEHOLDER, REFERENCE));
        for (String folder : List.of("routes", "src/main/java", "src/main/resources")) {
            try (Stream<Path> files = Files.walk(Path.of(folder))) {
                for (Path file : files.filter(KeysTest::isText).toList()) {
                    used.addAll(keys(file.toString().endsWith(".java") ? ASKED_FOR : PLACEHOLDER, file));
                }
            }
        }

        // The parameter of our Kamelet.
        used.remove("channel");
        assertThat(used).isNotEmpty().isSubsetOf(Keys.names());
    }

    @Test
    void every_default_has_the_form_of_its_key_and_every_word_of_a_condition_exists() {
        for (Key<?> key : Keys.all()) {
            if (key.mayBeEmpty()) {
                assertThat(key.form().empty()).as(key.name()).isPresent();
            } else if (!key.mustBeSet()) {
                assertThatCode(() -> key.form().read(key.defaultText()))
                        .as(key.name())
                        .doesNotThrowAnyException();
            }
            if (key.condition() != null) {
                assertThat(Keys.all())
                        .filteredOn(other -> other.name().equals(key.condition().key()))
                        .singleElement()
                        .satisfies(other -> assertThat(
                                        other.form().read(key.condition().word()))
                                .isNotNull());
            }
        }
    }

    @Test
    void every_meaning_is_one_sentence() {
        assertThat(Keys.all())
                .extracting(Key::meaning)
                .allSatisfy(meaning -> assertThat(meaning).matches("[A-Z].*\\.").doesNotContain(". "));
    }

    private static Properties reference() throws IOException {
        Properties reference = new Properties();
        try (var reader = Files.newBufferedReader(REFERENCE)) {
            reference.load(reader);
        }
        return reference;
    }

    private static String line(Group group, String key, String value) {
        return group + " " + key + " = " + value;
    }

    private static boolean isText(Path file) {
        return file.toString().matches(".*\\.(java|yaml)");
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
