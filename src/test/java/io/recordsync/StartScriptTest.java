package io.recordsync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the script passes to Java, by a Java that only says what it was given, and makes the archive that it is asked for. */
class StartScriptTest {

    private static final Instant LONG_AGO = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path folder;

    private Path home;

    @BeforeEach
    void install() throws IOException {
        Path java = folder.resolve("jdk/bin/java");
        Files.createDirectories(java.getParent());
        Files.createDirectories(folder.resolve("jdk/lib/server"));
        Files.writeString(
                java,
                """
                #!/bin/sh
                echo "$@"
                case "$*" in *-XX:ArchiveClassesAtExit=*) { echo "$@"; env; } > "$ARCHIVED"; echo classes > classes.jsa ;; esac
                """
                        .replace("$ARCHIVED", folder.resolve("rehearsal").toString()));
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"17.0.15\"");
        Files.writeString(folder.resolve("jdk/lib/server/libjvm.so"), "17.0.15+6");
        home = folder.resolve("service");
        Files.createDirectories(home.resolve("bin"));
        Files.createDirectories(home.resolve("lib"));
        Files.copy(Path.of("src/bin/salesforce-talkdesk-sync"), script());
        // Not in the order of their names.
        for (String jar : List.of("b", "c", "B", "a")) {
            Files.writeString(home.resolve("lib/" + jar + ".jar"), jar);
            touch(jar, LONG_AGO);
        }
    }

    @Test
    void a_process_that_is_out_of_memory_ends_whatever_java_opts_says() throws Exception {
        assertThat(run(script(), null, "doctor")).contains("-XX:+ExitOnOutOfMemoryError", "-Xmx160m");
        assertThat(run(script(), "-Xmx1g", "doctor"))
                .contains("-XX:+ExitOnOutOfMemoryError", "-Xmx1g")
                .doesNotContain("-Xmx160m");
    }

    @Test
    void the_jars_are_in_one_order_whatever_the_disk_and_the_language_say() throws Exception {
        assertThat(run(script(), null))
                .contains("-cp lib/B.jar:lib/a.jar:lib/b.jar:lib/c.jar io.recordsync.Application");
    }

    @Test
    void the_options_before_the_command_say_where_things_are_whatever_the_environment_says() throws Exception {
        ProcessBuilder start = builder(
                script(),
                null,
                "--config",
                "etc/a b.properties",
                "--routes=/usr/share/x/routes",
                "--site-routes",
                "/etc/x/routes",
                "--data=data",
                "config",
                "check",
                "--data=theirs");
        start.directory(folder.toFile());
        start.environment().put("RECORDSYNC_CONFIG", "/elsewhere");

        assertThat(output(start))
                .contains(
                        "-Drecordsync.config=" + folder + "/etc/a b.properties ",
                        "-Drecordsync.routes=/usr/share/x/routes ",
                        "-Drecordsync.site-routes=/etc/x/routes ",
                        "-Drecordsync.data=" + folder + "/data ",
                        "io.recordsync.Application config check --data=theirs");
    }

    @Test
    void the_environment_says_it_as_well_and_nothing_is_said_where_nobody_does() throws Exception {
        ProcessBuilder start = builder(script(), null, "doctor");
        start.directory(folder.toFile());
        start.environment().put("RECORDSYNC_CONFIG", "mine.properties");
        start.environment().put("RECORDSYNC_ROUTES", "/r");
        start.environment().put("RECORDSYNC_SITE_ROUTES", "/s");
        start.environment().put("RECORDSYNC_DATA", "/d");

        assertThat(output(start))
                .contains(
                        "-Drecordsync.config=" + folder + "/mine.properties ",
                        "-Drecordsync.routes=/r ",
                        "-Drecordsync.site-routes=/s ",
                        "-Drecordsync.data=/d ");
        assertThat(run(script(), null, "doctor")).doesNotContain("-Drecordsync");
    }

    @Test
    void an_option_without_its_value_is_left_to_the_program_to_refuse() throws Exception {
        for (String option : List.of("--config", "--routes=", "--cache=", "--site-routes", "--data")) {
            assertThat(run(script(), null, option)).endsWith("io.recordsync.Application " + option + "\n");
        }
        assertThat(run(script(), null, "--data", "", "doctor")).endsWith("io.recordsync.Application --data  doctor\n");
    }

    @Test
    void the_archive_is_in_the_cache_that_is_named() throws Exception {
        Path cache = Files.createDirectory(folder.resolve("a cache"));

        assertThat(run(script(), null, "--cache", cache.toString()))
                .contains("-Dclass.archive=bin/salesforce-talkdesk-sync");
        assertThat(run(script(), null, "--cache", cache.toString(), "archive"))
                .contains("The next start is quicker by " + cache + "/classes-");

        assertThat(run(script(), null, "--cache", cache.toString()))
                .contains("-XX:SharedArchiveFile=" + cache + "/classes-")
                .doesNotContain("class.archive");
        assertThat(run(script(), null)).as("lib has none").contains("-Dclass.archive=");
        assertThat(cache.toFile().list()).hasSize(1);
    }

    @Test
    void warnings_about_native_access_are_silenced_where_the_java_knows_how() throws Exception {
        assertThat(run(script(), null)).doesNotContain("--enable-native-access", "--sun-misc-unsafe-memory-access");
        for (String release : List.of("JAVA_VERSION=\"25\"", "IMPLEMENTOR=\"A\"\nJAVA_VERSION=\"25.0.3\"\nX=\"1\"")) {
            Files.writeString(folder.resolve("jdk/release"), release);
            assertThat(run(script(), null))
                    .contains("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");
        }
        Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"22.0.1\"");
        assertThat(run(script(), null))
                .contains("--enable-native-access=ALL-UNNAMED")
                .doesNotContain("--sun-misc-unsafe-memory-access");
    }

    @Test
    void it_is_found_behind_links() throws Exception {
        Path relative =
                Files.createSymbolicLink(folder.resolve("relative"), Path.of("service/bin/salesforce-talkdesk-sync"));
        Path absolute = Files.createSymbolicLink(
                Files.createDirectory(folder.resolve("other")).resolve("absolute"), relative.toAbsolutePath());

        for (Path link : List.of(relative, absolute)) {
            assertThat(run(link, null))
                    .contains("-cp lib/B.jar:")
                    .contains("-Dclass.archive=bin/salesforce-talkdesk-sync");
        }
    }

    @Test
    void an_archive_is_used_for_what_it_was_made_of_and_for_nothing_else() throws Exception {
        for (Change change : List.<Change>of(
                // Of the same size and time, as jars of reproducible builds are.
                () -> {
                    Files.writeString(home.resolve("lib/a.jar"), "A");
                    touch("a", LONG_AGO);
                },
                // Java would refuse it.
                () -> touch("a", LONG_AGO.plusSeconds(1)),
                () -> Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"17.0.16\""),
                () -> Files.writeString(folder.resolve("jdk/lib/server/libjvm.so"), "17.0.15+7"),
                () -> {
                    Files.writeString(home.resolve("lib/d.jar"), "d");
                    touch("d", LONG_AGO);
                },
                () -> home = Files.move(home, folder.resolve("moved")))) {
            run(script(), null, "archive");
            Path made = archive();
            assertThat(run(script(), null)).contains("-XX:SharedArchiveFile=lib/" + made.getFileName() + " ");

            change.make();

            assertThat(run(script(), null))
                    .doesNotContain("SharedArchiveFile")
                    .contains("-Dclass.archive=bin/salesforce-talkdesk-sync");
            run(script(), null, "archive");
            assertThat(archive().getFileName()).as("the only one").isNotEqualTo(made.getFileName());
        }
    }

    @Test
    void the_rehearsal_knows_nothing_of_the_configuration_and_takes_nothing_from_the_service() throws Exception {
        ProcessBuilder archive = builder(
                script(),
                "-Xmx99m -Dcom.sun.management.jmxremote.port=9010 -agentlib:jdwp=transport=dt_socket -Xlog:gc:file=gc.log",
                "archive");
        archive.environment().put("SALESFORCE_CLIENT_SECRET", "a-secret-of-ours");
        archive.environment().put("STORE_URL", "jdbc:postgresql://db/sync");

        assertThat(output(archive)).startsWith("The next start is quicker by ");

        assertThat(folder.resolve("rehearsal"))
                .content()
                .contains("PATH=", "-Xmx99m")
                .doesNotContain("SALESFORCE_", "STORE_", "JAVA_OPTS", "9010", "jdwp", "-Xlog");
    }

    @Test
    void what_one_left_that_was_killed_is_removed() throws Exception {
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        Path left = Files.createDirectory(home.resolve("lib/making-" + ended.pid()));
        Path underWay = Files.createDirectory(
                home.resolve("lib/making-" + ProcessHandle.current().pid()));

        run(script(), null, "archive");

        assertThat(left).doesNotExist();
        assertThat(underWay).exists();
    }

    @Test
    void a_jvm_that_cannot_be_known_gets_no_archive() throws Exception {
        Files.delete(folder.resolve("jdk/release"));

        assertThat(run(script(), null)).doesNotContain("SharedArchiveFile", "class.archive");
    }

    private interface Change {
        void make() throws IOException;
    }

    private void touch(String jar, Instant time) throws IOException {
        Files.setLastModifiedTime(home.resolve("lib/" + jar + ".jar"), FileTime.from(time));
    }

    private Path archive() throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("lib"))) {
            List<Path> others =
                    files.filter(file -> !file.toString().endsWith(".jar")).toList();
            assertThat(others).hasSize(1);
            return others.get(0);
        }
    }

    private Path script() {
        return home.resolve("bin/salesforce-talkdesk-sync");
    }

    private String run(Path script, String javaOpts, String... arguments) throws Exception {
        return output(builder(script, javaOpts, arguments));
    }

    private ProcessBuilder builder(Path script, String javaOpts, String... arguments) {
        ProcessBuilder start = new ProcessBuilder(
                        Stream.concat(Stream.of("sh", script.toString()), Stream.of(arguments))
                                .toList())
                .redirectErrorStream(true);
        start.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
        start.environment().remove("JAVA_OPTS");
        if (javaOpts != null) {
            start.environment().put("JAVA_OPTS", javaOpts);
        }
        return start;
    }

    private static String output(ProcessBuilder start) throws Exception {
        Process process = start.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}
