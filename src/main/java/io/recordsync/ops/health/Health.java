package io.recordsync.ops.health;

import io.recordsync.ops.health.Checks.Checked;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.health.HealthCheck;

/**
 * What is wrong, in words: by the very checks that {@code /observe/health/ready} answers by.
 *
 * <p>It answers within two seconds, from what is known. Thread-safe.
 */
public final class Health implements CamelContextAware {

    private final Clock clock;
    private CamelContext context;
    private Checks checks;

    public Health(Clock clock) {
        this.clock = clock;
    }

    @Override
    public void setCamelContext(CamelContext context) {
        this.context = context;
    }

    @Override
    public CamelContext getCamelContext() {
        return context;
    }

    /** Asks every check, for the metrics that report the results. */
    public void look() {
        ask(Health::saysWhatIsWrong);
    }

    /** Every check but those of liveness alone. */
    private static boolean saysWhatIsWrong(HealthCheck check) {
        return check.isReadiness() || !check.isLiveness();
    }

    private synchronized Checks checks() {
        if (checks == null) {
            checks = new Checks(context, clock);
        }
        return checks;
    }

    /** What these checks say. */
    Collection<Checked> ask(Predicate<HealthCheck> which) {
        return checks().ask(which);
    }

    /**
     * What a check says.
     *
     * @param up null where it is not known
     * @param words of what is wrong; empty where nothing is
     */
    public record Said(String check, Boolean up, String words) {}

    /** What each check says, but those of liveness alone. */
    public List<Said> says() {
        return ask(Health::saysWhatIsWrong).stream()
                .map(Checked::result)
                .map(Health::said)
                .toList();
    }

    private static Said said(HealthCheck.Result result) {
        String check = result.getCheck().getId();
        return switch (result.getState()) {
            case UP -> new Said(check, true, "");
            case DOWN -> new Said(check, false, words(result));
            case UNKNOWN -> new Said(check, null, "");
        };
    }

    /** Whether a restart would help nothing: no check of liveness is down. */
    public boolean isAlive() {
        return ask(HealthCheck::isLiveness).stream()
                .noneMatch(checked -> checked.result().getState() == HealthCheck.State.DOWN);
    }

    private static String words(HealthCheck.Result result) {
        return result.getMessage().orElse(result.getCheck().getId() + " is down");
    }

    /** What is down, as each check says it. */
    public List<String> down() {
        return ask(Health::saysWhatIsWrong).stream()
                .map(Checked::result)
                .filter(result -> result.getState() == HealthCheck.State.DOWN)
                .map(Health::words)
                .toList();
    }
}
