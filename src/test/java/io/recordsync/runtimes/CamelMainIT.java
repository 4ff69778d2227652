package io.recordsync.runtimes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A Camel Main of somebody else, whose own route reads {@code salesforce-stream:} in place of ours. */
class CamelMainIT extends RuntimeContract {

    private static Path project;

    @BeforeAll
    static void build() throws Exception {
        project = Example.build("camel-main");
    }

    @Override
    List<String> command() {
        return Example.java("-jar", project.resolve("target/camel-main.jar").toString());
    }

    @Test
    void a_wrong_setting_of_a_route_of_the_host_ends_the_process_although_servers_are_up() throws Exception {
        aWrongSettingOfARouteEndsTheProcess();
    }

    @Override
    String portKey() {
        return "host.port";
    }

    @Override
    void hostIsUndisturbed() {
        assertThat(host.log()).as("by the host's own route").contains("Salesforce says: ");
    }
}
