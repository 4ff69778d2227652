package io.recordsync.network;

import io.recordsync.config.PemCertificates;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** The certificates that are trusted: Java's, and those of a bundle in addition. */
final class TrustedCertificates {

    private TrustedCertificates() {}

    static X509ExtendedTrustManager ofJava() {
        return trusting(List.of());
    }

    /**
     * @param bundle a PEM file
     * @throws IOException when it cannot be read
     * @throws CertificateException when it holds no certificate
     */
    static X509ExtendedTrustManager ofJavaAnd(Path bundle) throws IOException, CertificateException {
        return trusting(PemCertificates.read(bundle));
    }

    private static X509ExtendedTrustManager trusting(Collection<? extends Certificate> bundle) {
        try {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            int number = 0;
            for (X509Certificate certificate : trustManager(null).getAcceptedIssuers()) {
                trusted.setCertificateEntry("java-" + number++, certificate);
            }
            for (Certificate certificate : bundle) {
                trusted.setCertificateEntry("bundle-" + number++, certificate);
            }
            return trustManager(trusted);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("Java's trusted certificates cannot be used", e);
        }
    }

    /** @param trusted null: Java's */
    private static X509ExtendedTrustManager trustManager(KeyStore trusted) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        return Arrays.stream(factory.getTrustManagers())
                .filter(X509ExtendedTrustManager.class::isInstance)
                .map(X509ExtendedTrustManager.class::cast)
                .findFirst()
                .orElseThrow();
    }
}
