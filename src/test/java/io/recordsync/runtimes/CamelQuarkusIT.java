package io.recordsync.runtimes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Camel Quarkus on the JVM, with an HTTP server, metrics, and a database and a Flyway of its own. */
class CamelQuarkusIT extends RuntimeContract {

    private static Path project;

    @BeforeAll
    static void build() throws Exception {
        project = Example.build("camel-quarkus");
    }

    @Override
    List<String> command() {
        return Example.java(
                "-jar", project.resolve("target/quarkus-app/quarkus-run.jar").toString());
    }

    @Test
    void a_wrong_setting_of_a_route_of_the_host_ends_the_process_although_servers_are_up() throws Exception {
        aWrongSettingOfARouteEndsTheProcess();
    }

    @Override
    String portKey() {
        return "quarkus.http.port";
    }

    @Override
    void hostIsUndisturbed() throws Exception {
        assertThat(text("/tables"))
                .as("the tables of the host's database")
                .isEqualTo("GREETING, flyway_schema_history");
        assertThat(text("/q/metrics")).contains("recordsync_deletions_total").contains("jvm_memory");
    }
}
