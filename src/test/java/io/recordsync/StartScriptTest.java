package io.recordsync;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the script passes to Java, by a Java that only says what it was given. */
class StartScriptTest {

    @TempDir
    Path folder;

    @Test
    void a_process_that_is_out_of_memory_ends_whatever_java_opts_says() throws Exception {
        assertThat(javaArguments(null)).contains("-XX:+ExitOnOutOfMemoryError", "-Xmx160m");
        assertThat(javaArguments("-Xmx1g"))
                .contains("-XX:+ExitOnOutOfMemoryError", "-Xmx1g")
                .doesNotContain("-Xmx160m");
    }

    @Test
    void a_link_to_the_script_starts_the_service_in_its_own_folder() throws Exception {
        javaArguments(null);
        Path script = folder.resolve("service/bin/salesforce-talkdesk-sync");
        Files.writeString(folder.resolve("jdk/bin/java"), "#!/bin/sh\npwd\n");
        Path links = Files.createDirectories(folder.resolve("usr/local/bin"));
        Path absolute = Files.createSymbolicLink(links.resolve("one"), script.toAbsolutePath());
        Path relative = Files.createSymbolicLink(links.resolve("two"), links.relativize(script));
        Path linked = Files.createSymbolicLink(links.resolve("three"), Path.of("two"));

        for (Path link : List.of(absolute, relative, linked)) {
            ProcessBuilder start = new ProcessBuilder("sh", link.toString(), "doctor").redirectErrorStream(true);
            start.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
            Process process = start.start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(said).isZero();
            assertThat(Path.of(said.strip()).toRealPath())
                    .isEqualTo(folder.resolve("service").toRealPath());
        }
    }

    private String javaArguments(String javaOpts) throws Exception {
        Path java = folder.resolve("jdk/bin/java");
        Path script = folder.resolve("service/bin/salesforce-talkdesk-sync");
        Files.createDirectories(java.getParent());
        Files.createDirectories(script.getParent());
        Files.writeString(java, "#!/bin/sh\necho \"$@\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(script, Files.readString(Path.of("src/bin/salesforce-talkdesk-sync")));
        ProcessBuilder start = new ProcessBuilder("sh", script.toString(), "doctor").redirectErrorStream(true);
        start.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
        start.environment().remove("JAVA_OPTS");
        if (javaOpts != null) {
            start.environment().put("JAVA_OPTS", javaOpts);
        }
        Process process = start.start();
        String arguments = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return arguments;
    }
}
