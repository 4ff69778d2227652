package io.recordsync.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LooksTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "null",
            value = {
                "301 | https://portal.acme.example/login | '' | a redirect to https://portal.acme.example/login",
                "308 | https://portal.acme.example:8443/a/b?token=4711 | <html> | a redirect to https://portal.acme.example:8443/a/b…",
                "302 | https://user:pass@portal.acme.example/#4711 | '' | a redirect to https://…portal.acme.example/…",
                "307 | /login | '' | a redirect to /login",
                "301 | http://[::1]/{{x}} | '' | a redirect to http://[::1]/??x??",
                "304 | null | '' | no body",
                "502 | https://portal.acme.example | <html><title>502 Bad Gateway</title> | an HTML page with the title \"502 Bad Gateway\"",
            })
    void a_redirect_says_where_to_and_no_secret(int status, String location, String body, String looks) {
        assertThat(Looks.of(status, null, location, body)).isEqualTo(looks);
    }
}
