package io.recordsync.runtimes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Spring Boot, with a web server, an actuator and a database of its own. */
class SpringBootIT extends RuntimeContract {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static Path project;

    @BeforeAll
    static void build() throws Exception {
        project = Example.build("spring-boot");
    }

    @Override
    List<String> command() {
        return command(project);
    }

    private static List<String> command(Path built) {
        return Example.java("-jar", built.resolve("target/spring-boot.jar").toString());
    }

    /** It was NoSuchFieldError, with the lock on the file held. */
    @Test
    void a_driver_that_spring_boot_has_lowered_is_named_with_the_property_that_sets_it() throws Exception {
        Path lowered = Example.build("spring-boot", "spring-boot-lowered", "-Dsqlite-jdbc.version=3.49.1.0");
        host.program(command(lowered)).launch();

        startIsRefused();
        assertThat(host.log())
                .contains("sqlite-jdbc 3.49.1.0, which is too old")
                .contains("<sqlite-jdbc.version>3.53.2.1</sqlite-jdbc.version>");
        assertThat(folder.resolve("recordsync.db")).doesNotExist();
    }

    /** The host's Flyway does not see our scripts and our database; ours does not see the host's. */
    @Test
    void a_host_with_a_flyway_of_its_own_migrates_its_own_database_and_we_ours() throws Exception {
        Path migrating = Example.build("spring-boot", "spring-boot-flyway", SpringBootIT::migrateByFlyway);
        host.program(command(migrating)).launch();
        host.await("it listens", PATIENCE, () -> host.answer("/api/status").statusCode() == 200);

        assertThat(text("/tables")).isEqualTo("GREETING, flyway_schema_history");
        assertThat(host.answer("/observe/health/live").statusCode()).isEqualTo(200);
        assertThat(host.log()).doesNotContain("more than one migration");
    }

    private static void migrateByFlyway(Path folder) throws IOException {
        Path pom = folder.resolve("pom.xml");
        Files.writeString(
                pom,
                Files.readString(pom)
                        .replaceFirst(
                                "</dependency>\\s*</dependencies>\\s*<build>",
                                "</dependency><dependency><groupId>org.flywaydb</groupId>"
                                        + "<artifactId>flyway-core</artifactId></dependency></dependencies><build>"));
        Path resources = folder.resolve("src/main/resources");
        Path migrations = Files.createDirectories(resources.resolve("db/migration"));
        Files.move(
                resources.resolve("schema.sql"),
                migrations.resolve("V1__greeting.sql"),
                StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void a_wrong_setting_of_a_route_of_the_host_ends_the_process_although_servers_are_up() throws Exception {
        aWrongSettingOfARouteEndsTheProcess();
    }

    @Override
    String portKey() {
        return "server.port";
    }

    private boolean isUpByItsOwnHealth() throws Exception {
        JsonNode health = JSON.readTree(text("/actuator/health"));
        JsonNode camel = health.at("/components/camelHealth");
        return Stream.of(health.path("status"), camel.path("status"), camel.at("/details/lists"))
                .allMatch(state -> state.asText().equals("UP"));
    }

    @Override
    void hostIsUndisturbed() throws Exception {
        assertThat(text("/tables")).as("the tables of the host's database").isEqualTo("GREETING");
        host.await("the host's own health is up", PATIENCE, this::isUpByItsOwnHealth);
        assertThat(text("/actuator/prometheus"))
                .contains("recordsync_deletions_total")
                .contains("jvm_memory");
    }
}
