package io.recordsync.runtimes;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.stories.Programs;
import io.recordsync.stories.Service;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * A project of {@code examples/}, copied into an empty folder and built there, as a user builds it who has installed our artifact.
 *
 * <p>Ours is installed below {@code target}: the local repository of that build has links to what is in the user's, and our artifact
 * beside them.
 */
final class Example {

    private static final Path TARGET = Path.of("target/runtimes").toAbsolutePath();
    private static final Path REPOSITORY = TARGET.resolve("repository");
    private static final Path LOCK = TARGET.resolve("lock");
    private static final int MAX_BUILD_MINUTES = 8;
    /** What is not run for long need not be compiled well. */
    private static final String QUICK_START = "-XX:TieredStopAtLevel=1";

    private Example() {}

    /**
     * @param name of the folder in {@code examples}
     * @return the folder that it was built in
     */
    static Path build(String name) throws Exception {
        return build(name, name);
    }

    /**
     * Likewise, as it is built with other options.
     *
     * @param copy the name of its copy
     */
    static Path build(String name, String copy, String... options) throws Exception {
        return build(name, copy, folder -> {}, options);
    }

    /** What a user changes in a copy before it is built. */
    interface Change {
        void in(Path folder) throws IOException;
    }

    static synchronized Path build(String name, String copy, Change change, String... options) throws Exception {
        Path folder = TARGET.resolve(copy);
        copy(Path.of("examples", name), folder);
        change.in(folder);
        List<String> arguments = new ArrayList<>(List.of("-q", "clean", "package"));
        arguments.addAll(List.of(options));
        maven(copy, folder, arguments);
        return folder;
    }

    /** The jars of a project that depends on our artifact and on nothing else. */
    static synchronized List<Path> inherited() throws Exception {
        Path folder = Files.createDirectories(TARGET.resolve("inherited"));
        Files.writeString(
                folder.resolve("pom.xml"),
                """
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>example</groupId>
                  <artifactId>inherited</artifactId>
                  <version>1.0.0</version>
                  <dependencies>
                    <dependency>
                      <groupId>io.recordsync</groupId>
                      <artifactId>salesforce-talkdesk-sync</artifactId>
                      <version>%s</version>
                    </dependency>
                  </dependencies>
                </project>
                """
                        .formatted(version()));
        Path classPath = folder.resolve("class-path");
        maven(
                "inherited",
                folder,
                List.of(
                        "-q",
                        "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:build-classpath",
                        "-Dmdep.includeScope=runtime",
                        "-Dmdep.outputFile=" + classPath));
        return Arrays.stream(Files.readString(classPath).strip().split(File.pathSeparator))
                .map(Path::of)
                .toList();
    }

    /** Runs Maven in a folder; our artifact is installed for it. One at a time in all tests: they share the repository. */
    @SuppressWarnings("try") // the lock is only closed
    private static void maven(String name, Path folder, List<String> arguments) throws Exception {
        try (FileChannel file = FileChannel.open(LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = file.lock()) {
            install();
            run(name, folder, arguments);
        }
    }

    private static void run(String name, Path folder, List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Programs.require("mvn").toString(),
                "--batch-mode",
                "--no-transfer-progress",
                "-Dmaven.repo.local=" + REPOSITORY));
        command.addAll(arguments);
        Path log = TARGET.resolve(name + "-build.log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().merge("MAVEN_OPTS", QUICK_START, (set, ours) -> set + " " + ours);
        Process build = builder.start();
        try {
            assertThat(build.waitFor(MAX_BUILD_MINUTES, TimeUnit.MINUTES))
                    .as("built in time")
                    .isTrue();
        } finally {
            build.destroy();
        }
        assertThat(build.exitValue()).as(Files.readString(log)).isZero();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            files.filter(Files::isRegularFile)
                    .filter(file -> !from.relativize(file).startsWith("target"))
                    .forEach(file -> {
                        try {
                            Path copy = to.resolve(from.relativize(file));
                            Files.createDirectories(copy.getParent());
                            Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    });
        }
    }

    /** What {@code mvn install} would put into the user's own. */
    private static void install() throws IOException {
        String version = version();
        Path users =
                Path.of(System.getProperty("local.repository", System.getProperty("user.home") + "/.m2/repository"));
        Path ours = REPOSITORY.resolve("io/recordsync/salesforce-talkdesk-sync").resolve(version);
        Files.createDirectories(ours);
        link(users, REPOSITORY);
        link(users.resolve("io"), REPOSITORY.resolve("io"));
        String name = "salesforce-talkdesk-sync-" + version;
        Files.copy(Service.JAR, ours.resolve(name + ".jar"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(Path.of("pom.xml"), ours.resolve(name + ".pom"), StandardCopyOption.REPLACE_EXISTING);
    }

    private static String version() throws IOException {
        try (JarFile jar = new JarFile(Service.JAR.toFile())) {
            return jar.getManifest().getMainAttributes().getValue("Implementation-Version");
        }
    }

    private static void link(Path from, Path into) throws IOException {
        if (!Files.isDirectory(from)) {
            return;
        }
        try (Stream<Path> entries = Files.list(from)) {
            for (Path entry : (Iterable<Path>) entries::iterator) {
                Path link = into.resolve(entry.getFileName().toString());
                if (Files.isDirectory(entry) && Files.notExists(link)) {
                    Files.createSymbolicLink(link, entry.toAbsolutePath());
                }
            }
        }
    }

    /** What runs a host. */
    static List<String> java(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", QUICK_START));
        command.addAll(List.of(arguments));
        return command;
    }
}
