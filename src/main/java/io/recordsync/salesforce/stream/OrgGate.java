package io.recordsync.salesforce.stream;

import io.recordsync.delivery.DeliveryGate;
import io.recordsync.oauth.Token;
import io.recordsync.oauth.TokenUnavailableException;
import io.recordsync.salesforce.stream.PinnedOrg.OtherOrgException;

/**
 * The login to Salesforce, and the delivery gate that is shut until it is known to lead to the pinned org.
 *
 * <p>Deletions that wait in the inbox go out while Salesforce is away, but not while the credentials lead to another org.
 * Used by one thread.
 */
final class OrgGate {

    private final PinnedOrg org;
    private final DeliveryGate gate;

    OrgGate(PinnedOrg org, DeliveryGate gate) {
        this.org = org;
        this.gate = gate;
    }

    /** Shut until the first login has worked or failed. */
    static void shut(DeliveryGate gate) {
        gate.forbid(DeliveryGate.ORG_UNCHECKED, "Salesforce has not said yet which org the credentials lead to");
    }

    /** Leads to the pinned org; the gate stays as it is until {@link #open}. */
    Token login() {
        try {
            return org.token();
        } catch (TokenUnavailableException e) {
            // Salesforce may be away for hours, and what was accepted does not need it.
            gate.allow(DeliveryGate.ORG_UNCHECKED);
            throw e;
        } catch (OtherOrgException e) {
            gate.forbid(DeliveryGate.OTHER_ORG, e.getMessage());
            gate.allow(DeliveryGate.ORG_UNCHECKED);
            throw e;
        }
    }

    /** After a login that worked. */
    void open() {
        gate.allow(DeliveryGate.OTHER_ORG);
        gate.allow(DeliveryGate.ORG_UNCHECKED);
    }
}
