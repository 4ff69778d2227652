package io.recordsync.network;

import org.apache.camel.support.jsse.SSLContextParameters;
import org.apache.camel.support.jsse.TrustManagersParameters;

/** Whom camel-http trusts: {@code sslContextParameters}. */
public final class OutboundTls extends SSLContextParameters {

    public OutboundTls(Outbound outbound) {
        TrustManagersParameters trust = new TrustManagersParameters();
        trust.setTrustManager(outbound.trustManager());
        setTrustManagers(trust);
    }
}
