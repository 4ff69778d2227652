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
 * The receipts as the API gives them: a file of a bounded size. Who read which is logged.
 */
public final class Receipts {

    private static final Logger LOG = LoggerFactory.getLogger(Receipts.class);
    private static final Set<String> PARAMETERS = Set.of("externalId", "from", "to", "format");
    private static final int MAX_RECEIPTS = 10_000;

    private final Ledger ledger;

    private final SeenCallbacks callbacks;

    public Receipts(Ledger ledger) {
        this(ledger, SeenCallbacks.NONE);
    }

    /** @param callbacks that the receipts name */
    public Receipts(Ledger ledger, SeenCallbacks callbacks) {
        this.callbacks = callbacks;
        this.ledger = ledger;
    }

    /** What goes to the caller. */
    public record Download(String contentType, String disposition, byte[] content) {}

    /**
     * Oldest first.
     *
     * @param query {@code externalId}, or {@code from} and {@code to}, or all; {@code format} (json or csv, json by default)
     * @throws Refusal when the query is not understood, or there are too many
     */
    public Download find(Map<String, String> query, String user) throws IOException {
        try {
            return download(query, user);
        } catch (WrongQueryException e) {
            throw Refusal.of(400, e.getMessage());
        }
    }

    private Download download(Map<String, String> query, String user) throws IOException {
        if (!PARAMETERS.containsAll(query.keySet())) {
            throw new WrongQueryException("Unknown query parameter: expected externalId, or from and to; and format");
        }
        ReceiptFormat format = ReceiptFormat.named(query.getOrDefault("format", "json"));
        ReceiptQuery wanted = ReceiptQuery.of(query.get("externalId"), query.get("from"), query.get("to"));
        List<Entry> found = wanted.in(ledger).limit(MAX_RECEIPTS + 1L).toList();
        if (found.size() > MAX_RECEIPTS) {
            throw new WrongQueryException(
                    "These are more than %s receipts: bring from and to closer together, or let the command write them"
                                    .formatted(MAX_RECEIPTS)
                            + " (bin/salesforce-talkdesk-sync receipts --from … --to …), which has no limit");
        }
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        format.write(found.stream(), callbacks, content);
        LOG.info("{} read {} receipts of {}", user, found.size(), wanted);
        return new Download(
                format.contentType(),
                "attachment; filename=\"%s.%s\"".formatted(wanted.fileName(), format.extension()),
                content.toByteArray());
    }
}
