package io.recordsync.ops.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.recordsync.ops.api.AccessRule.Request;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessRuleTest {

    private final AccessRule loopback = new AccessRule("127.0.0.1", false, List.of("localhost", "[fd00::5]"));
    private final AccessRule locked = new AccessRule("0.0.0.0", true, List.of("ops.example.com"));

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost", "localhost:8080", "LocalHost:80", "127.0.0.1:8080", "[fd00::5]:8080", "[FD00::5]"})
    void an_allowed_host_is_admitted_with_any_port_and_case(String host) {
        assertThatCode(() -> loopback.checkHost(get(List.of(host)))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "evil.example",
                "localhost.evil.example",
                "evil.example:80@localhost",
                "localhost.",
                "127.0.0.2",
                "0.0.0.0",
                "localhost:8080:8080",
                "fd00::6",
                "localhost evil.example"
            })
    void any_other_host_is_refused(String host) {
        assertThat(status(loopback, get(List.of(host)))).isEqualTo(403);
    }

    @Test
    void no_host_and_two_hosts_are_refused() {
        assertThat(status(loopback, get(List.of()))).isEqualTo(403);
        assertThat(status(loopback, get(List.of("localhost", "localhost")))).isEqualTo(403);
    }

    @Test
    void the_wildcard_address_is_no_host_name() {
        assertThat(status(locked, get(List.of("0.0.0.0")))).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "10.0.0.1", "ops.example.com", "localhost.example.com", "128.0.0.1", ""})
    void bound_elsewhere_than_loopback_without_a_password_nobody_is_admitted(String bound) {
        AccessRule rule = new AccessRule(bound, false, List.of("localhost"));

        assertThat(status(rule, get(List.of("localhost")))).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1", "127.1.2.3", "::1", "[::1]"})
    void bound_to_loopback_no_password_is_needed(String bound) {
        AccessRule rule = new AccessRule(bound, false, List.of("localhost"));

        assertThatCode(() -> rule.checkHost(get(List.of("localhost")))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "text/plain", "application/jsonp", "application/x-www-form-urlencoded", "multipart/form-data"
            })
    void a_change_that_is_not_json_is_refused(String contentType) {
        assertThat(status(loopback, post(List.of(contentType), List.of()))).isEqualTo(415);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "",
                "http://evil.example",
                "http://localhost",
                "http://localhost:8081",
                "http://localhost:8080.evil",
                "ftp://localhost:8080",
                "localhost:8080"
            })
    void a_change_from_another_page_is_refused(String origin) {
        assertThat(status(loopback, post(List.of("application/json"), List.of(origin))))
                .isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:8080", "https://localhost:8080", "HTTP://LOCALHOST:8080"})
    void a_change_from_our_own_page_is_admitted(String origin) {
        assertThatCode(() -> loopback.checkForm(post(List.of("application/json;charset=UTF-8"), List.of(origin)), true))
                .doesNotThrowAnyException();
    }

    /** Behind a proxy that does not pass the Host header on, every order is refused: the answer has to say where it comes from. */
    @Test
    void a_refusal_names_the_headers_that_differ_and_how_a_proxy_passes_them_on() {
        assertThat(catchThrowableOfType(
                        Refusal.class,
                        () -> loopback.checkForm(
                                post(List.of("application/json"), List.of("http://ops.example.com")), true)))
                .hasMessageContaining("Origin header (http://ops.example.com)")
                .hasMessageContaining("Host header (localhost:8080)")
                .hasMessageContaining("proxy_set_header Host $http_host");
        assertThat(catchThrowableOfType(
                        Refusal.class, () -> loopback.checkHost(get(List.of("back end\n" + "x".repeat(300))))))
                .hasMessageContaining("Host header names no allowed host (back?end?xxx")
                .hasMessageContaining("ops.allowed-hosts")
                .hasMessageContaining("proxy_set_header Host $http_host")
                .hasMessageNotContaining("x".repeat(200));
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "get"})
    void a_viewer_may_do_nothing_but_GET(String method) {
        Request asked = new Request(method, List.of("localhost"), List.of("application/json"), List.of());

        assertThat(catchThrowableOfType(Refusal.class, () -> loopback.checkForm(asked, false)))
                .hasMessage(
                        "You may look, not change, because ops.viewers names you: ask an operator to do it; nothing was"
                                + " changed")
                .extracting(Refusal::status)
                .isEqualTo(403);
    }

    @Test
    void a_viewer_may_look() {
        assertThatCode(() -> loopback.checkForm(get(List.of("localhost")), false))
                .doesNotThrowAnyException();
    }

    private static Request get(List<String> host) {
        return new Request("GET", host, List.of(), List.of());
    }

    private static Request post(List<String> contentType, List<String> origin) {
        return new Request("POST", List.of("localhost:8080"), contentType, origin);
    }

    private static int status(AccessRule rule, Request request) {
        return catchThrowableOfType(Refusal.class, () -> {
                    rule.checkHost(request);
                    rule.checkForm(request, true);
                })
                .status();
    }
}
