package io.recordsync.network;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** Trusts what another one trusts, and explains what it does not as a {@link CertificateTrouble}. */
final class ExplainedTrust extends X509ExtendedTrustManager {

    private final X509ExtendedTrustManager trust;

    ExplainedTrust(X509ExtendedTrustManager trust) {
        this.trust = trust;
    }

    private interface Check {
        void run() throws CertificateException;
    }

    private static void explained(X509Certificate[] shown, Check check) throws CertificateException {
        try {
            check.run();
        } catch (CertificateException e) {
            throw shown == null || shown.length == 0 ? e : CertificateTrouble.of(e, shown);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String authType) throws CertificateException {
        explained(shown, () -> trust.checkServerTrusted(shown, authType));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String authType, Socket socket)
            throws CertificateException {
        explained(shown, () -> trust.checkServerTrusted(shown, authType, socket));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String authType, SSLEngine engine)
            throws CertificateException {
        explained(shown, () -> trust.checkServerTrusted(shown, authType, engine));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] shown, String authType) throws CertificateException {
        trust.checkClientTrusted(shown, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] shown, String authType, Socket socket)
            throws CertificateException {
        trust.checkClientTrusted(shown, authType, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] shown, String authType, SSLEngine engine)
            throws CertificateException {
        trust.checkClientTrusted(shown, authType, engine);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return trust.getAcceptedIssuers();
    }
}
