package io.recordsync.ops.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScrubbingTest {

    private final Scrubbing scrubbing = new Scrubbing(
            List.of("s3cret$value", "s3cret$value-and-more", "back\\slash \"quoted\"", "", "short"),
            List.of("ada", "Bérénice", "carl.o@corp.example"));

    @ParameterizedTest
    @CsvSource({
        "called +14155550123,called +(removed)",
        "\"+351910000000\",\"+(removed)\"",
        "anna@10.0.0.1 approved,(removed)@10.0.0.1 approved",
        "mail of jürgen.k+x@example.com,mail of (removed)@example.com",
        "tel:+14155550123,tel:+(removed)",
        "to=%2B14155550123&x,to=+(removed)&x",
        "\\u002B14155550123,+(removed)",
        "call +1 (415) 555-0123 or +44 20 7946 0958,call +(removed) or +(removed)",
        "'Phone 14155550123, says it','Phone (removed), says it'",
        "number 4155550123.,number (removed).",
        "(415) 555-0123 and 415-555-0123,(removed) and (removed)",
        "ada@10.0.0.1 approved,(person 3)@10.0.0.1 approved",
        "'was read again: ada, Bérénice (may look)','was read again: (person 3), (person 2) (may look)'",
        "carl.o@corp.example@10.0.0.1 paused,(person 1)@10.0.0.1 paused",
        "s3cret%24value,(removed)",
        "'Authorization: Basic YWRhOnMzY3JldA==',Authorization: Basic (removed)",
        "token 00D5g00000XXXXX!AQEAQ.abc_def,token (removed)",
        "eyJhbGciOi.eyJzdWIi.sig-na_ture,(removed)",
        "jdbc:postgresql://h/db?user=x&password=pw12&ssl=true,jdbc:postgresql://h/db?user=x&password=(removed)&ssl=true",
        "a secret s3cret$value here,a secret (removed) here",
        "s3cret$value-and-more!,(removed)!",
    })
    void what_must_not_leave_the_house_is_taken_out(String text, String scrubbed) {
        assertThat(scrubbing.of(text)).isEqualTo(scrubbed);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-30T13:50:11.716+01:00 INFO",
        "003DL0000212DetYAE of list 5f1c7a2e-1111-4a7e-9b2f-aaaaaaaaaaaa",
        "CUSTOM /data/ContactChangeEvent@00002b003000293c0000",
        "1.5e+12345678",
        "not short",
        "canada, adamant and ada_list",
        "at java.base@17.0.15/jdk.internal.misc.Unsafe.park(Native Method)",
        "#26 prio=5 os_prio=0 cpu=12.34ms elapsed=31.02s tid=0x00007f1234567890 nid=0x1234 waiting",
        "list 5f1c7a2e-1111-4a7e-9b2f-123456789012",
        "jvm_memory_used_bytes{area=\"heap\"} 6.7108864E7 and 0.12345678901234",
    })
    void what_a_report_needs_stays(String text) {
        assertThat(scrubbing.of(text)).isEqualTo(text);
    }

    @Test
    void a_secret_goes_in_the_middle_of_lines_and_of_json_too() {
        assertThat(scrubbing.of("{\"message\":\"back\\\\slash \\\"quoted\\\"\"}"))
                .isEqualTo("{\"message\":\"(removed)\"}");
        assertThat(scrubbing.of("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\nthen"))
                .isEqualTo("(removed)\nthen");
        assertThat(scrubbing.of("one\ns3cret$value\nthree")).isEqualTo("one\n(removed)\nthree");
    }
}
