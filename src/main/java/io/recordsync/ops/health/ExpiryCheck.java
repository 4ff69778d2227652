package io.recordsync.ops.health;

import io.recordsync.deletion.StreamPosition;
import io.recordsync.inbox.Ledger;
import io.recordsync.inbox.Ledger.PositionEntry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Whether the saved position, and the certificate of the page, stay valid for longer than {@code health.expiry-warning}. */
public final class ExpiryCheck extends ReadinessCheck {

    private final Ledger ledger;
    private final String channel;
    private final Optional<Instant> certificate;
    private final Duration warning;
    private final Clock clock;

    /** @param certificate when that of the page expires; empty where it shows none */
    public ExpiryCheck(Ledger ledger, String channel, Optional<Instant> certificate, Duration warning, Clock clock) {
        super("expiry");
        this.ledger = ledger;
        this.channel = channel;
        this.certificate = certificate;
        this.warning = warning;
        this.clock = clock;
    }

    @Override
    String trouble() {
        String ofPosition = ofPosition();
        String ofCertificate = certificate
                .filter(expires -> expires.isBefore(clock.instant().plus(warning)))
                .map(this::words)
                .orElse(null);
        if (ofPosition == null || ofCertificate == null) {
            return ofPosition == null ? ofCertificate : ofPosition;
        }
        return ofPosition + ". " + ofCertificate;
    }

    private String words(Instant expires) {
        return "The certificate of the page (ops.tls.keystore) %s at %s (health.expiry-warning): put a new one into the key store, and restart"
                .formatted(expires.isBefore(clock.instant()) ? "expired" : "expires", expires);
    }

    private String ofPosition() {
        Instant savedAt = ledger.position(channel).map(PositionEntry::savedAt).orElse(null);
        if (savedAt == null) {
            return null;
        }
        Duration left = StreamPosition.timeToExpiry(savedAt, clock.instant());
        if (left.compareTo(warning) >= 0) {
            return null;
        }
        return ("The position saved at %s %s (Salesforce keeps it for %s hours; health.expiry-warning): fix the stream, or a"
                        + " sweep has to find what it missed")
                .formatted(
                        savedAt,
                        left.isZero() ? "has expired" : "expires in %s h".formatted(left.toHours()),
                        StreamPosition.KEPT.toHours());
    }
}
