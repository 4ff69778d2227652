package io.recordsync.deletion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class BatchTest {

    private static final Identifier A = Identifier.external("salesforce", "a");
    private static final Identifier B = Identifier.external("salesforce", "b");
    private static final Identifier C = Identifier.external("salesforce", "c");

    @Test
    void lists_and_kinds_are_never_mixed_and_it_is_never_empty() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Batch(List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new Batch(List.of(row(1, "x", A), row(2, "y", A))));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Batch(List.of(row(1, "x", A), row(2, "x", Identifier.phone("+1888")))));
    }

    @Test
    void halves_hold_every_row_once_and_keep_rows_of_one_record_together() {
        Batch batch = new Batch(List.of(row(1, "x", A), row(2, "x", B), row(3, "x", A), row(4, "x", C)));

        assertThat(batch.halves()).extracting(Batch::ids).containsExactly(List.of(1L, 3L), List.of(2L, 4L));
    }

    @Test
    void two_rows_of_one_record_are_lone_and_two_records_are_not() {
        assertThat(new Batch(List.of(row(1, "x", A), row(2, "x", A))).lone()).isTrue();
        assertThat(new Batch(List.of(row(1, "x", A), row(2, "x", B))).lone()).isFalse();
    }

    @Test
    void only_takes_the_rows_of_the_records_or_the_others() {
        Batch batch = new Batch(List.of(row(1, "x", A), row(2, "x", B), row(3, "x", A)));

        assertThat(batch.only(List.of(A), true).ids()).containsExactly(1L, 3L);
        assertThat(batch.only(List.of(A), false).ids()).containsExactly(2L);
    }

    private static ClaimedDeletion row(long id, String list, Identifier identifier) {
        return new ClaimedDeletion(id, list, identifier, 0, 0, "session");
    }
}
