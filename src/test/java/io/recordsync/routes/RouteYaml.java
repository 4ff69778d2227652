package io.recordsync.routes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Every route file of the project, read as Camel reads YAML: ours, those of examples, and those that tests bring. */
final class RouteYaml {

    private static final List<Path> FOLDERS =
            List.of(Path.of("routes"), Path.of("examples"), Path.of("src/test/resources"));

    private RouteYaml() {}

    static List<Path> files() {
        return FOLDERS.stream()
                .filter(Files::isDirectory)
                .flatMap(RouteYaml::filesUnder)
                .toList();
    }

    private static Stream<Path> filesUnder(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files
                    .filter(file -> file.toString().endsWith(".camel.yaml"))
                    // An example that was built has copies.
                    .filter(file -> !file.toString().contains("/target/"))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Object parsed(Path file) {
        try {
            return parsed(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Object parsed(String yaml) {
        return new Load(LoadSettings.builder().build()).loadFromString(yaml);
    }
}
