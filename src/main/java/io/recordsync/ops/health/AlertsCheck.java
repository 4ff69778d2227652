package io.recordsync.ops.health;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whether people are told what they are to be told: a webhook that refuses tells nobody so itself.
 *
 * <p>No readiness probe asks it: the work goes on, and a rollout does not wait for somebody else's webhook.
 */
public final class AlertsCheck extends ReadinessCheck {

    /** The name of the check, which is not told by the webhook. */
    public static final String ID = "alerts";

    private final Supplier<Optional<String>> trouble;

    /** @param trouble why nobody is told; empty where all is well */
    public AlertsCheck(Supplier<Optional<String>> trouble) {
        super(ID);
        this.trouble = trouble;
    }

    @Override
    public boolean isReadiness() {
        return false;
    }

    @Override
    String trouble() {
        return trouble.get().orElse(null);
    }
}
