package io.recordsync.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.ClaimedDeletion;
import io.recordsync.deletion.Identifier;
import io.recordsync.deletion.NothingFound;
import io.recordsync.ops.InMemoryRecordLists;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FindsTest {

    private final InMemoryRecordLists lists = new InMemoryRecordLists();
    private final Finds finds = new Finds(lists);

    FindsTest() {
        settled("a", 0, 0);
        settled("b", 0, 0);
    }

    @Test
    void three_batches_in_a_row_that_found_nothing_are_reported_where_none_ever_did() {
        finds.counted(batch("a", 5), 0);
        finds.counted(batch("a", 5), 0);
        finds.counted(batch("a", 1), 0);
        assertThat(finds.get()).isEmpty();

        finds.counted(batch("a", 2), 0);

        assertThat(finds.get()).containsExactly(new NothingFound("a", 3, 1));
    }

    @Test
    void a_hundred_lone_records_are_as_many() {
        IntStream.range(0, 99).forEach(i -> finds.counted(batch("a", 1), 0));
        assertThat(finds.get()).isEmpty();
        finds.counted(batch("a", 1), 0);
        assertThat(finds.get()).containsExactly(new NothingFound("a", 0, 100));
    }

    @Test
    void a_list_of_which_something_was_ever_found_is_not_reported() {
        finds.counted(batch("a", 5), 1);
        lists.found("b");
        for (int i = 0; i < 3; i++) {
            finds.counted(batch("a", 5), 0);
            finds.counted(batch("b", 5), 0);
        }

        assertThat(finds.get()).isEmpty();
        assertThat(lists.nothingFound).isEmpty();
    }

    @Test
    void calls_of_other_processes_and_of_those_before_count() {
        settled("a", 3, 0);
        settled("b", 2, 99);
        assertThat(finds.get()).containsExactly(new NothingFound("a", 3, 0));

        finds.counted(batch("b", 5), 0);

        assertThat(finds.get()).containsExactly(new NothingFound("a", 3, 0));
    }

    private void settled(String list, int batches, int records) {
        lists.nothingFound.put(list, new NothingFound(list, batches, records));
    }

    private static Batch batch(String list, int size) {
        return new Batch(IntStream.range(0, size)
                .mapToObj(i ->
                        new ClaimedDeletion(i, list, Identifier.external("salesforce", "003-" + i), 0, 0, "session"))
                .toList());
    }
}
