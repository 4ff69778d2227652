package io.recordsync.ops.api;

import io.recordsync.config.OpsSettings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** The files that the page and the API need: who may come in, and the key of TLS. */
public final class OpsFiles {

    private OpsFiles() {}

    /**
     * A line for each mistake, in the words that a start ends with; empty where there is none. Where nothing is served nothing is read.
     *
     * @param named how a person knows a key
     * @param now when the certificate has to be valid
     */
    public static List<String> mistakes(OpsSettings settings, UnaryOperator<String> named, Instant now) {
        List<String> mistakes = new ArrayList<>();
        if (!settings.enabled()) {
            return mistakes;
        }
        KnownUsers.mistakes(settings)
                .forEach(mistake -> mistakes.add("%s = %s: %s"
                        .formatted(named.apply("ops.users"), settings.users().file(), mistake)));
        if (settings.tls().isSet()) {
            try {
                PageKey.read(settings.tls(), now);
            } catch (IllegalArgumentException e) {
                mistakes.add("%s = %s: %s"
                        .formatted(
                                named.apply("ops.tls.keystore"), settings.tls().keystore(), e.getMessage()));
            }
        }
        return mistakes;
    }
}
