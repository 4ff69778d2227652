package io.recordsync.salesforce;

import io.recordsync.inbox.ListCoverage;
import io.recordsync.inbox.RecordLists;
import io.recordsync.inbox.ServedList;
import io.recordsync.inbox.ServedLists;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The presence checks that are due because a record list joined after the first start: once in each process, until one is believed.
 *
 * <p>A list is checked once what the sweep for it found is in the inbox, so that only the rest is judged; one that is still loaded or
 * validated says nothing yet. Not thread-safe.
 */
final class FirstChecks {

    private static final Duration MAX_WAIT_FOR_SWEEP = Duration.ofMinutes(10);

    private final RecordLists lists;
    private final ServedLists recordLists;
    private final Clock clock;
    /** Those that were ordered, by the list and when it joined: it may join again. */
    private final Set<String> ordered = new HashSet<>();
    /** Of which all that are due were ordered; null: of none. */
    private List<ServedList> done;

    FirstChecks(RecordLists lists, ServedLists recordLists, Clock clock) {
        this.lists = lists;
        this.recordLists = recordLists;
        this.clock = clock;
    }

    /** The lists to be checked now; none is given twice. */
    List<String> due() {
        List<ServedList> served = recordLists.served();
        if (served == done) {
            return List.of();
        }
        Set<String> readable = Set.copyOf(readable());
        List<ListCoverage> open = lists.coverage().stream()
                .filter(list -> readable.contains(list.recordList()))
                .filter(list -> list.joinedAt() != null && list.historyOpen())
                .toList();
        List<String> due = open.stream()
                .filter(list ->
                        list.swept() || list.joinedAt().plus(MAX_WAIT_FOR_SWEEP).isBefore(clock.instant()))
                .filter(list -> ordered.add(join(list)))
                .map(ListCoverage::recordList)
                .toList();
        if (open.stream().map(FirstChecks::join).allMatch(ordered::contains)) {
            done = served;
        }
        return due;
    }

    /** Those that can be read, and say something. */
    List<String> readable() {
        return recordLists.served().stream()
                .filter(list -> !list.vanished() && !list.filling())
                .map(ServedList::id)
                .toList();
    }

    private static String join(ListCoverage list) {
        return list.recordList() + '@' + list.joinedAt();
    }
}
