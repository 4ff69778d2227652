package io.recordsync.ops.health;

import io.recordsync.delivery.GateReport;
import java.util.function.Supplier;

/** Whether deletions go out: the gate is open, shut neither by a failure nor by a person. */
public final class DeliveryCheck extends ReadinessCheck {

    private final Supplier<GateReport> gate;

    public DeliveryCheck(Supplier<GateReport> gate) {
        super("delivery");
        this.gate = gate;
    }

    @Override
    String trouble() {
        GateReport now = gate.get();
        return now.isOpen() ? null : "Delivery is " + why(now.state(), now.reason());
    }
}
