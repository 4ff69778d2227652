package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventKeyTest {

    private static final String UUID = "8b2f0000-1111-2222-3333-0123456789ab";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "sweep:1796000000000",
                "api:order",
                "ü ☃ 😀",
                "17 bytes of text.",
                UUID,
                UUID + "/",
                UUID + "/01",
                UUID + "/-1",
                UUID + "/2147483648",
                UUID + "/9999999999",
                UUID + "/99999999999",
                UUID + "/1 ",
                "8B2F" + UUID + "/1"
            })
    void any_other_key_keeps_its_text(String key) {
        assertThat(EventKey.text(EventKey.bytes(key))).isEqualTo(key);
        assertThat(EventKey.bytes(key)).endsWith((byte) 0xff);
    }

    @Test
    void a_change_event_takes_seventeen_bytes_or_a_few_more() {
        assertThat(EventKey.bytes(UUID + "/0")).hasSize(17);
        assertThat(EventKey.bytes(UUID + "/127")).hasSize(17);
        assertThat(EventKey.bytes(UUID + "/128")).hasSize(18);
        assertThat(EventKey.bytes(UUID + "/2147483647")).hasSize(21);
    }

    @Test
    void a_change_event_comes_back_as_it_was() {
        for (int i = 0; i < 1_000; i++) {
            String key = java.util.UUID.randomUUID() + "/"
                    + (ThreadLocalRandom.current().nextInt()
                            >>> ThreadLocalRandom.current().nextInt(1, 32));
            assertThat(EventKey.text(EventKey.bytes(key))).isEqualTo(key);
        }
    }
}
