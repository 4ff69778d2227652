package io.recordsync.config;

import io.recordsync.config.Key.Group;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The page {@code docs/configuration.md}: every key, made from the table. */
final class ConfigurationDocument {

    private static final String HEAD =
            """
            # Configuration

            <!-- Made from the table of keys (Keys.java) by ConfigurationDocumentTest. -->

            Every key is in `config/application.properties`, with its default and an explanation. The environment, by the
            second name of the key, wins over the file. Times are milliseconds, or a number with a unit: `500ms`, `30s`, `5m`,
            `24h`, `400d`, `1h30m`. A mistake ends the start with one line on stderr. Each secret may come from a file of its own:
            `<key>.file` (`<KEY>_FILE`) names it. [How values are written](operations.md#configuration).

            """;

    private ConfigurationDocument() {}

    static String text() {
        StringBuilder text = new StringBuilder(HEAD);
        for (Group group : Group.values()) {
            text.append("## ").append(group.title()).append("\n\n");
            text.append("| key | environment | default | form | meaning |\n| --- | --- | --- | --- | --- |\n");
            Keys.all().stream().filter(key -> key.group() == group).forEach(key -> text.append(row(key)));
            text.append('\n');
        }
        return text.toString().stripTrailing() + "\n";
    }

    private static String row(Key<?> key) {
        return Stream.of(
                        code(key.name()),
                        code(key.environmentName()),
                        key.byDefault()
                                .map(text -> text.isEmpty() ? "empty" : code(text))
                                .orElse("none"),
                        plain(key.form().expected()) + (key.isSecret() ? ", a secret" : ""),
                        key.meaning()
                                + (key.condition() == null
                                        ? ""
                                        : " Needed with " + code(key.condition().toString()) + "."))
                .collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    private static String code(String text) {
        return "`" + text + "`";
    }

    /** Markdown would take it for a tag. */
    private static String plain(String text) {
        return text.replace("<", "\\<");
    }
}
