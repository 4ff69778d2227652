package io.recordsync.ops.support;

import io.recordsync.config.Configuration;
import io.recordsync.config.ConfigurationFile;
import io.recordsync.config.Key;
import io.recordsync.config.Keys;
import io.recordsync.config.Shown;
import io.recordsync.config.Version;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a process knows of its installation, for a report of a fault: release, machine, configuration without secrets, files, and the
 * end of {@code log.file}. The service and the command each have one: their environments may differ. Immutable.
 */
public final class Installation {

    private static final int MAX_USERS_BYTES = 1 << 20;

    private final Configuration configuration;
    private final String routeFiles;

    /** @param routeFiles where they are, for people */
    public Installation(Configuration configuration, String routeFiles) {
        this.configuration = configuration;
        this.routeFiles = routeFiles;
    }

    /** Of the secrets and the people that the configuration names now. */
    public Scrubbing scrubbing() {
        List<String> secrets = Keys.all().stream()
                .filter(Key::isSecret)
                .map(key -> configuration.value(key.name()))
                .toList();
        return new Scrubbing(secrets, people());
    }

    public void addTo(SupportArchive archive) throws IOException {
        archive.add("version.txt", Installation::version);
        archive.add("configuration.txt", this::settings);
        archive.add("files.txt", this::files);
        String log = configuration.value("log.file");
        if (!log.isBlank()) {
            archive.add("log-file.txt", () -> SupportArchive.end(Path.of(log)));
        }
    }

    private static String version() {
        Runtime machine = Runtime.getRuntime();
        return """
                salesforce-talkdesk-sync %s
                Java %s of %s
                %s %s, %s, %s processors, %s MiB of heap at most
                """
                .formatted(
                        Version.text(),
                        System.getProperty("java.version"),
                        System.getProperty("java.vendor"),
                        System.getProperty("os.name"),
                        System.getProperty("os.version"),
                        System.getProperty("os.arch"),
                        machine.availableProcessors(),
                        machine.maxMemory() >> 20);
    }

    private String settings() {
        Stream<String> lines = Stream.of(
                        Stream.of("# of " + ConfigurationFile.location().toAbsolutePath() + " and the environment"),
                        Keys.all().stream().map(this::setting),
                        configuration.mistakes().stream().map(mistake -> "# mistake: " + mistake),
                        configuration.notices().stream().map(notice -> "# note: " + notice))
                .flatMap(Function.identity());
        return lines.collect(Collectors.joining("\n", "", "\n"));
    }

    private String setting(Key<?> key) {
        String value = configuration.value(key.name());
        if (key.isSecret()) {
            return configuration.named(key.name()) + (value.isBlank() ? " is not set" : " is set");
        }
        boolean isDefault = value.equals(key.byDefault().orElse(""));
        return configuration.named(key.name()) + " = " + Shown.withoutCredentials(value)
                + (isDefault ? "  # the default" : "");
    }

    /** Where route files are, and what lies in the data folder. */
    private String files() throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("route files " + routeFiles);
        try (Stream<Path> files = Files.walk(Path.of(configuration.value("data.folder")), 2)) {
            for (Path file : files.sorted().toList()) {
                lines.add(line(file));
            }
        }
        return String.join("\n", lines) + "\n";
    }

    private static String line(Path file) {
        try {
            FileTime changed = Files.getLastModifiedTime(file);
            return "%s %8s KiB %s"
                    .formatted(changed, Files.isDirectory(file) ? 0 : Files.size(file) + 1023 >> 10, file);
        } catch (IOException gone) {
            return "gone meanwhile " + file;
        }
    }

    /** Those who may use the page; a name that is also a word of a key, such as {@code ops}, is no person's. */
    private Set<String> people() {
        Set<String> people = new LinkedHashSet<>(usersOfFile());
        people.add(configuration.value("ops.user"));
        people.addAll(List.of(configuration.value("ops.viewers").split("\\s*,\\s*")));
        Set<String> words = Keys.all().stream()
                .map(Key::name)
                .flatMap(name -> Stream.of(name.split("[.-]")))
                .collect(Collectors.toSet());
        people.removeIf(name -> name.isBlank() || words.contains(name));
        Keys.all().stream()
                .filter(key -> key.name().equals("ops.user"))
                .map(Key::byDefault)
                .flatMap(Optional::stream)
                .forEach(people::remove);
        return people;
    }

    private List<String> usersOfFile() {
        Path file = Path.of(configuration.value("ops.users"));
        if (!Files.isRegularFile(file)) {
            return List.of();
        }
        try (InputStream in = Files.newInputStream(file)) {
            String text = new String(in.readNBytes(MAX_USERS_BYTES), StandardCharsets.UTF_8);
            return text.lines()
                    .filter(line -> !line.startsWith("#") && line.contains(":"))
                    .map(line -> line.substring(0, line.indexOf(':')).strip())
                    .toList();
        } catch (IOException unreadable) {
            return List.of();
        }
    }
}
