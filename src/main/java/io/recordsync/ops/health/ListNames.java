package io.recordsync.ops.health;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.recordsync.inbox.ServedList;
import io.recordsync.inbox.ServedLists;
import java.util.List;

/** The names of the record lists as a metric: {@code recordsync_record_list_info}, whose value is always 1. */
public final class ListNames {

    private final MultiGauge names;
    private final ServedLists lists;
    private List<ServedList> shown;

    public ListNames(MeterRegistry registry, ServedLists lists) {
        this.names = MultiGauge.builder("recordsync.record.list.info").register(registry);
        this.lists = lists;
    }

    /** To be called now and then. */
    public synchronized void look() {
        List<ServedList> served = lists.served();
        if (served == shown) {
            return;
        }
        shown = served;
        names.register(
                served.stream()
                        .map(list -> MultiGauge.Row.of(Tags.of("record_list", list.id(), "name", list.name()), 1))
                        .toList(),
                true);
    }
}
