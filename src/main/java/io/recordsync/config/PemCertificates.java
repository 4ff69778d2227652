package io.recordsync.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;

/** The reader of PEM files with certificates. */
public final class PemCertificates {

    private PemCertificates() {}

    /**
     * The certificates in the file, at least one.
     *
     * @throws IOException when it cannot be read
     * @throws CertificateException when it holds no certificate
     */
    public static Collection<? extends Certificate> read(Path file) throws IOException, CertificateException {
        try (InputStream pem = Files.newInputStream(file)) {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(pem);
            if (certificates.isEmpty()) {
                throw new CertificateException(file + " holds no certificate");
            }
            return certificates;
        }
    }
}
