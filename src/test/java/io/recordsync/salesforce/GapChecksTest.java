package io.recordsync.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class GapChecksTest {

    private final GapChecks checks = new GapChecks(
            null, List.of("Contact"), "62.0", Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ZERO, null, false);

    @Test
    void what_came_before_anybody_waited_wakes_once_however_often_it_was_said() throws Exception {
        checks.wake();
        checks.wake();

        assertThat(checks.await()).isTrue();
        assertThat(checks.await()).isFalse();
    }
}
