package io.recordsync;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LastLinesTest {

    @Test
    void the_first_lines_go_where_there_is_no_room_for_all() {
        LastLines lines = new LastLines(12);
        for (String line : new String[] {"first\n", "second\n", "third\n"}) {
            lines.add(line.getBytes(StandardCharsets.UTF_8));
        }

        assertThat(lines.text()).isEqualTo("third\n");
        lines.add("4th\n".getBytes(StandardCharsets.UTF_8));
        assertThat(lines.text()).isEqualTo("third\n4th\n");
        lines.add("longer than the room\n".getBytes(StandardCharsets.UTF_8));
        assertThat(lines.text()).isEmpty();
    }
}
