package io.recordsync.config;

import java.util.List;
import java.util.Optional;

/** The keys that earlier releases had in their configuration file: one in an old file is reported, and has no effect. */
final class RetiredKeys {

    /** @param prefix of their names; it ends in a dot where there are several */
    private record Retired(String prefix, String words) {}

    private static final List<Retired> ALL = List.of(
            new Retired(
                    "camel.server.",
                    "camel.server.* has no effect any more: the service serves itself, on ops.host and ops.port"),
            new Retired(
                    "camel.management.",
                    "camel.management.* has no effect any more: health and metrics are on ops.host and ops.port, below /observe"),
            new Retired("camel.metrics.", "camel.metrics.* has no effect any more: the service's metrics are its own"));

    private RetiredKeys() {}

    /** What to know of it; nothing where it is no such key. */
    static Optional<String> notice(String name) {
        return ALL.stream()
                .filter(retired -> name.startsWith(retired.prefix))
                .map(Retired::words)
                .findFirst();
    }
}
