package io.recordsync.ops.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.config.OpsSettings;
import io.recordsync.config.OpsTls;
import io.recordsync.config.OpsUsers;
import io.recordsync.config.Secret;
import java.util.List;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where the log says that the page is. */
class PageAddressTest {

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, http://127.0.0.1:8080/",
        "::1, http://[::1]:8080/",
        "ops.example.com, http://ops.example.com:8080/"
    })
    void an_address_of_ipv6_is_in_brackets(String host, String page) throws Exception {
        try (OpsHttpServer server = server(host, 8080)) {
            assertThat(server.page()).isEqualTo(page);
        }
    }

    @Test
    void a_port_of_0_is_the_one_that_was_given() throws Exception {
        try (OpsHttpServer server = server("127.0.0.1", 0);
                DefaultCamelContext context = new DefaultCamelContext()) {
            server.serve(context);
            server.listen();

            assertThat(server.page()).matches("http://127\\.0\\.0\\.1:[1-9]\\d+/");
        }
    }

    private static OpsHttpServer server(String host, int port) {
        return new OpsHttpServer(new OpsSettings(
                true, host, port, "operator", new Secret(""), List.of("localhost"), OpsUsers.NONE, OpsTls.NONE));
    }
}
