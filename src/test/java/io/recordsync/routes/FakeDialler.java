package io.recordsync.routes;

import io.recordsync.deletion.Batch;
import io.recordsync.deletion.Confirmation;
import io.recordsync.deletion.Failure;
import io.recordsync.deletion.Identifier;
import io.recordsync.delivery.FailedItem;
import io.recordsync.delivery.Reading;
import io.recordsync.delivery.Reading.Meaning;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Another dialler than Talkdesk, and its adapter in one: it holds records by their external ids and numbers them by "#".
 *
 * <p>Public for Camel. What a call brings is by the ids in it: one that is refused, locked or absent.
 */
public final class FakeDialler {

    final Set<String> refused = new HashSet<>();
    final Set<String> locked = new HashSet<>();
    final Set<String> absent = new HashSet<>();
    final Deque<Duration> outages = new ArrayDeque<>();
    final List<Call> calls = new ArrayList<>();
    final List<String> deleted = new ArrayList<>();

    record Call(long at, int items, Reading.Meaning meaning) {}

    public synchronized Reading delete(Batch batch) {
        Reading reading = read(ids(batch));
        calls.add(new Call(System.nanoTime(), batch.size(), reading.meaning()));
        return reading;
    }

    private Reading read(List<String> ids) {
        if (!outages.isEmpty()) {
            return Reading.failed(Meaning.SERVICE_UNAVAILABLE, failure("closed", 503))
                    .retryAfter(outages.remove());
        }
        if (ids.stream().anyMatch(refused::contains)) {
            return Reading.failed(Meaning.REFUSED, failure("bad_item", 400));
        }
        if (ids.stream().anyMatch(absent::contains)) {
            return Reading.failed(Meaning.NOT_FOUND, failure("not_found", 404));
        }
        List<String> done = ids.stream().filter(id -> !locked.contains(id)).toList();
        deleted.addAll(done);
        if (done.size() == ids.size()) {
            return Reading.confirmed(Confirmation.EXACT, done.size());
        }
        List<String> failed =
                ids.stream().filter(locked::contains).map(id -> "#" + id).toList();
        return Reading.someFailed(failure("locked", 200), done.size(), failed);
    }

    public Reading askList() {
        return Reading.failed(Meaning.RECORDS_NOT_FOUND, failure("not_found", 404));
    }

    public FailedItem askRecord(String number) {
        return new FailedItem(true, List.of(Identifier.external("salesforce", number.substring(1))));
    }

    private static List<String> ids(Batch batch) {
        return batch.identifiers().stream().map(Identifier::value).toList();
    }

    private static Failure failure(String code, int status) {
        return new Failure(code, status, "The other dialler says so", "");
    }
}
