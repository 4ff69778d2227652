package io.recordsync.packages;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The Helm chart, rendered by Helm itself, which is a library here: there is neither a cluster nor a helm program. */
final class Chart {

    static final Path FOLDER = Path.of("ops/helm/salesforce-talkdesk-sync");
    static final String NAMESPACE = "dialling";

    private final Path scratch;
    private final Path copy;

    /** Of a copy, because Helm has a line on stderr each time it follows the link that the alerts are. */
    Chart(Path scratch) throws IOException {
        this.scratch = scratch;
        this.copy = copy();
    }

    /** @throws IllegalStateException in Helm's words, when the values or a template are refused */
    String render(String release, String values) throws IOException {
        Path file = Files.writeString(Files.createTempFile(scratch, "values-", ".yaml"), values);
        return new Helm(copy)
                .template()
                .withName(release)
                .withNamespace(NAMESPACE)
                .withValuesFile(file)
                .call();
    }

    /** Lint takes no values and sees the defaults alone, so these are put in their place. */
    LintResult lint(String values) throws IOException {
        Path changed = copy();
        Files.writeString(changed.resolve("values.yaml"), Files.readString(changed.resolve("values.yaml")) + values);
        return new Helm(changed).lint().strict().call();
    }

    private Path copy() throws IOException {
        Path to = Files.createTempDirectory(scratch, "chart-").resolve(FOLDER.getFileName());
        try (Stream<Path> files = Files.walk(FOLDER, FileVisitOption.FOLLOW_LINKS)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(FOLDER.relativize(file).toString()));
            }
        }
        return to;
    }
}
