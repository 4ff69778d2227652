package io.recordsync.ops.receipts;

import io.recordsync.inbox.Ledger;
import io.recordsync.inbox.Ledger.Entry;
import io.recordsync.ops.api.Refusal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The receipts as the API gives them: a file, of a size that is bounded. Who read which is logged.
 */
public final class Receipts {

    private static final Logger LOG = LoggerFactory.getLogger(Receipts.class);
    private static final Set<String> PARAMETERS = Set.of("externalId", "from", "to", "format");

    private final Ledger ledger;
    private final int most;

    public Receipts(Ledger ledger) {
        this(ledger, 10_000);
    }

    Receipts(Ledger ledger, int most) {
        this.ledger = ledger;
        this.most = most;
    }

    /** What goes to the caller. */
    public record Download(String contentType, String disposition, byte[] content) {}

    /**
     * Oldest first.
     *
     * @param query {@code externalId}, or {@code from} and {@code to}, or all; {@code format} (json or csv, usually json)
     * @throws Refusal when the query is not understood, or there are too many
     */
    public Download find(Map<String, String> query, String user) throws IOException {
        if (!PARAMETERS.containsAll(query.keySet())) {
            throw Refusal.of(400, "Unknown query parameter: expected externalId, or from and to; and format");
        }
        ReceiptFormat format = ReceiptFormat.named(query.getOrDefault("format", "json"));
        ReceiptQuery wanted = ReceiptQuery.of(query.get("externalId"), query.get("from"), query.get("to"));
        List<Entry> found = wanted.in(ledger).limit(most + 1L).toList();
        if (found.size() > most) {
            throw Refusal.of(
                    400,
                    "These are more than %d receipts: bring from and to closer together, or let the command write them"
                                    .formatted(most)
                            + " (bin/salesforce-talkdesk-sync receipts --from … --to …), which has no limit");
        }
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        format.write(found.stream(), content);
        LOG.info("{} read {} receipts of {}", user, found.size(), wanted);
        return new Download(
                format.contentType(),
                "attachment; filename=\"%s.%s\"".formatted(wanted.fileName(), format.extension()),
                content.toByteArray());
    }
}
