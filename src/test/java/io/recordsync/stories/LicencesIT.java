package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

/** The zip carries the licences of everything that is in it. */
class LicencesIT {

    private static final String OURS = "salesforce-talkdesk-sync";

    @Test
    void the_zip_names_the_licence_of_every_jar_and_has_the_text_of_each() throws IOException {
        try (ZipFile zip = new ZipFile(zip().toFile())) {
            String root = Collections.list(zip.entries()).get(0).getName().split("/")[0] + "/";
            String notice = text(zip, root + "NOTICE");
            assertThat(text(zip, root + "LICENSE")).contains("Apache License", "Version 2.0, January 2004");
            List<String> listed = text(zip, root + "THIRD-PARTY.txt").lines().toList();

            List<? extends ZipEntry> jars = Collections.list(zip.entries()).stream()
                    .filter(entry -> entry.getName().matches("[^/]+/lib/(?!" + OURS + ")[^/]+\\.jar"))
                    .toList();

            assertThat(jars).hasSizeGreaterThan(100).allSatisfy(jar -> {
                String name = jar.getName().replaceAll(".*/|\\.jar", "");
                String line = listed.stream()
                        .filter(candidate -> candidate.matches(".*\\([^:]+:[^:]+:[^ ]+ - .*")
                                && name.equals(candidate.replaceAll(".*\\([^:(]+:([^:]+):([^ ]+) - .*", "$1-$2")))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(name + " is not in THIRD-PARTY.txt"));
                String artifact = line.replaceAll(".*\\(([^:(]+:[^:]+):.*", "$1");
                assertThat(line.contains("Apache") || hasLicence(zip, jar) || notice.contains(artifact))
                        .as("the text of the licence of %s", line.strip())
                        .isTrue();
            });
        }
    }

    /** A host's Spring Boot would take a Flyway of that name for one that is to migrate the host's own database. */
    @Test
    void flyway_is_in_our_jar_by_another_name_with_its_licence_and_in_no_other() throws IOException {
        try (ZipFile zip = new ZipFile(zip().toFile());
                ZipFile ours = new ZipFile(Service.JAR.toFile())) {
            assertThat(Collections.list(zip.entries()))
                    .extracting(ZipEntry::getName)
                    .noneMatch(name -> name.matches(".*/flyway[^/]*\\.jar"));
            assertThat(Collections.list(ours.entries()))
                    .extracting(ZipEntry::getName)
                    .noneMatch(name -> name.startsWith("org/"))
                    .contains("io/recordsync/shaded/flywaydb/core/Flyway.class");
            String root = Collections.list(zip.entries()).get(0).getName().split("/")[0] + "/";
            assertThat(text(zip, root + "NOTICE")).contains("org.flywaydb:flyway-core", "Red Gate Software");
            assertThat(text(zip, root + "THIRD-PARTY.txt"))
                    .contains("org.flywaydb:flyway-core:", "org.flywaydb:flyway-database-postgresql:");
        }
    }

    private static boolean hasLicence(ZipFile zip, ZipEntry jar) throws IOException {
        try (ZipInputStream entries = new ZipInputStream(zip.getInputStream(jar))) {
            for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                if (entry.getName().toLowerCase(Locale.ROOT).matches(".*/licen[cs]e[^/]*")) {
                    return true;
                }
            }
        }
        return false;
    }

    private static String text(ZipFile zip, String entry) throws IOException {
        assertThat(zip.getEntry(entry)).as(entry).isNotNull();
        try (InputStream in = zip.getInputStream(zip.getEntry(entry))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Path zip() throws IOException {
        try (var files = Files.list(Path.of("target"))) {
            return files.filter(file -> file.getFileName().toString().matches(OURS + "-.*\\.zip"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
