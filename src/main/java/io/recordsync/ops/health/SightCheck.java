package io.recordsync.ops.health;

import io.recordsync.deletion.SightReport;
import io.recordsync.deletion.SightState;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Whether the user of Salesforce sees what must be there, so that what is absent from an answer is not taken for gone. */
public final class SightCheck extends ReadinessCheck {

    private final Supplier<List<SightReport>> sights;
    private final Supplier<Optional<String>> looks;

    /** @param looks what the last look at single records has found to be wrong, if anything */
    public SightCheck(Supplier<List<SightReport>> sights, Supplier<Optional<String>> looks) {
        super("sight");
        this.sights = sights;
        this.looks = looks;
    }

    @Override
    String trouble() {
        String lost = sights.get().stream()
                .filter(sight -> sight.state() == SightState.LOST)
                .map(SightReport::message)
                .collect(Collectors.joining("; "));
        return lost.isEmpty() ? looks.get().orElse(null) : lost;
    }
}
