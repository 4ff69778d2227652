package io.recordsync.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.recordsync.stories.TestCa;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FormTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "0, PT0S",
        "1500, PT1.5S",
        "500ms, PT0.5S",
        "30s, PT30S",
        "5m, PT5M",
        "24h, PT24H",
        "400d, PT9600H",
        "1h30m, PT1H30M",
        "1d2h3m4s5ms, PT26H3M4.005S",
        "1s500, PT1.5S",
        "3650d, PT87600H",
    })
    void a_duration_is_milliseconds_or_numbers_with_units(String text, Duration duration) {
        assertThat(Form.duration().read(text)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "-1",
                "1.5s",
                "5 m",
                "m",
                "1w",
                "30S",
                "1m1h",
                "3651d",
                "9223372036854775807d",
                "9223372036854775807d9223372036854775807h",
                "99999999999999999999"
            })
    void anything_else_is_no_duration(String text) {
        assertRefused(Form.duration(), text);
    }

    @Test
    void a_duration_has_bounds_and_its_form_names_them() {
        Form<Duration> period = Form.durationBetween(Duration.ofMinutes(1), Duration.ofDays(14));
        assertThat(period.expected())
                .isEqualTo("milliseconds or a duration such as 30s, 5m or 24h, at least 1m and at most 14d");
        assertThat(period.read("14d")).isEqualTo(Duration.ofDays(14));
        assertRefused(period, "336h1ms");
        assertRefused(period, "0");

        Form<Duration> retention = Form.durationAtLeast(Duration.ofDays(16));
        assertThat(retention.expected()).endsWith(", at least 16d");
        assertRefused(retention, "15d");

        Form<Duration> window = Form.zeroOr(Form.durationAtLeast(Duration.ofSeconds(1)));
        assertThat(window.expected()).endsWith(", at least 1s, or 0");
        assertThat(window.read("0")).isEqualTo(Duration.ZERO);
        assertThat(window.read("0s")).isEqualTo(Duration.ZERO);
        assertThat(window.read("1000")).isEqualTo(Duration.ofSeconds(1));
        assertRefused(window, "999ms");
    }

    @Test
    void off_is_no_duration_but_may_stand_in_its_place() {
        Form<Optional<Duration>> schedule = Form.offOr(Form.durationAboveZero());

        assertThat(schedule.read("off")).isEmpty();
        assertThat(schedule.read("1h")).contains(Duration.ofHours(1));
        assertRefused(schedule, "0");
        assertRefused(schedule, "Off");
    }

    @Test
    void a_whole_number_has_bounds() {
        Form<Integer> size = Form.wholeNumber(1, 100);

        assertThat(size.read("1")).isEqualTo(1);
        assertThat(size.read("100")).isEqualTo(100);
        for (String text : new String[] {"0", "101", "ten", "1.0", "", "99999999999"}) {
            assertRefused(size, text);
        }
    }

    @Test
    void a_word_is_read_as_written() {
        Form<SalesforceAuth> auth = Form.word(SalesforceAuth.class);

        assertThat(auth.expected()).isEqualTo("client-credentials or jwt");
        assertThat(auth.read("client-credentials")).isEqualTo(SalesforceAuth.CLIENT_CREDENTIALS);
        assertRefused(auth, "JWT");
        assertRefused(auth, "client_credentials");
        assertThat(Form.trueOrFalse().read("true")).isTrue();
        assertThat(Form.trueOrFalse().read("false")).isFalse();
        assertRefused(Form.trueOrFalse(), "TRUE");
    }

    @Test
    void a_list_has_an_item_or_more_and_each_has_its_form() {
        assertThat(Form.listOf("digits", "\\d").read("1, 2")).containsExactly("1", "2");
        for (String text : new String[] {"", ",", "1,", "1,x", "1,1"}) {
            assertRefused(Form.listOf("digits", "\\d"), text);
        }
    }

    @Test
    void hosts_may_be_names_and_addresses_and_none_is_no_host() {
        assertThat(Form.host("a host name").read("::1")).isEqualTo("::1");
        assertThat(Form.hosts().read("localhost, [::1],10.0.0.1")).containsExactly("localhost", "[::1]", "10.0.0.1");
        assertThat(Form.hostsOrNone().read("none")).isEmpty();
        assertRefused(Form.hosts(), "localhost:8080");
        assertRefused(Form.hostsOrNone(), "*.acme.example");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://acme.example", "http://localhost:8080", "http://127.0.0.1", "http://[::1]:4711"})
    void an_origin_is_a_url_too(String text) {
        assertThat(Form.origin().read(text)).isEqualTo(URI.create(text));
        assertThat(Form.url().read(text)).isEqualTo(URI.create(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "acme.example",
                "http://acme.example",
                "http://localhost.acme.example",
                "https://sync:hunter2@acme.example",
                "https://acme.example?a=b",
                "https://acme.example#a",
                "https://acme.example/",
                "https:acme.example",
                "https://acme example"
            })
    void a_url_is_of_https_and_without_anything_that_would_be_lost(String text) {
        assertRefused(Form.url(), text);
        assertRefused(Form.origin(), text);
    }

    @Test
    void a_url_may_have_a_path_and_an_origin_has_none() {
        assertThat(Form.url().read("https://acme.example/oauth/token").getPath())
                .isEqualTo("/oauth/token");
        assertRefused(Form.origin(), "https://acme.example/oauth");
    }

    @Test
    void a_bundle_of_certificates_can_be_read() throws Exception {
        Path bundle = new TestCa().bundle(folder.resolve("ca.pem"));
        Path none = Files.createFile(folder.resolve("none.pem"));

        assertThat(Form.certificates().read(bundle.toString())).isEqualTo(bundle.toString());
        assertRefused(Form.certificates(), none.toString());
        assertRefused(Form.certificates(), folder.resolve("missing.pem").toString());
        assertRefused(Form.certificates(), "a\0b");
    }

    @Test
    void a_secret_has_its_form_and_is_never_shown() {
        Form<Secret> key = Form.secret(Form.matching("16 letters or more", "\\w{16,}"));

        assertThat(key.read("abcdefghijklmnop")).isEqualTo(new Secret("abcdefghijklmnop"));
        assertThat(key.read("abcdefghijklmnop")).hasToString("(not shown)");
        assertThatThrownBy(() -> key.read("hunter2"))
                .hasMessage("(not shown): expected 16 letters or more")
                .hasNoCause();
    }

    private static void assertRefused(Form<?> form, String text) {
        assertThatThrownBy(() -> form.read(text))
                .as(text)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith(": expected " + form.expected());
    }
}
