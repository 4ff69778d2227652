package io.recordsync;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.inbox.Ledger;
import io.recordsync.inbox.Ledger.RecordListEntry;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WiringTest {

    @Test
    void the_configured_lists_are_made_known_to_the_inbox(@TempDir Path folder) {
        try (Wiring wiring = Wiring.ofService(TestSettings.in(folder))) {
            Ledger ledger = (Ledger) wiring.beans().get("recordsyncLedger");

            assertThat(ledger.recordLists()).extracting(RecordListEntry::id).containsExactly("list-a", "list-b");
        }
    }
}
