package io.recordsync.ops.api;

import io.recordsync.config.OpsTls;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.KeyCertOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;

/**
 * The key and the certificate that the page and all that is served beside it show, from the key store of {@code ops.tls.keystore}.
 *
 * <p>It is read once: a new certificate takes effect with the next start.
 */
public final class PageKey {

    private static final Set<String> PROTOCOLS =
            Collections.unmodifiableSet(new LinkedHashSet<>(List.of("TLSv1.3", "TLSv1.2")));
    private static final int MAX_HANDSHAKE_SECONDS = 10;

    private final KeyManagerFactory keys;
    private final List<X509Certificate> certificates;

    private PageKey(KeyManagerFactory keys, List<X509Certificate> certificates) {
        this.keys = keys;
        this.certificates = certificates;
    }

    /**
     * @param now when the certificate has to be valid
     * @throws IllegalArgumentException when it cannot be used, in words that begin behind the name of the key store
     */
    public static PageKey read(OpsTls tls, Instant now) {
        PageKey key = opened(tls);
        key.requireValid(now);
        return key;
    }

    private static PageKey opened(OpsTls tls) {
        char[] password = tls.password().value().toCharArray();
        try {
            KeyStore store = store(Path.of(tls.keystore()), password);
            List<X509Certificate> certificates = certificates(store);
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, password);
            return new PageKey(keys, certificates);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("expected the path of a key store");
        } catch (UnrecoverableKeyException e) {
            throw new IllegalArgumentException(
                    "the key in it has another password than the key store: expected ops.tls.keystore-password for both");
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("it cannot be used: " + e.getMessage());
        }
    }

    private static KeyStore store(Path file, char[] password) throws GeneralSecurityException {
        try {
            if (!Files.exists(file)) {
                throw new NoSuchFileException(file.toString());
            }
            // A pipe would be waited for.
            if (!Files.isRegularFile(file)) {
                throw new IOException("not a file");
            }
            Files.newInputStream(file).close();
            return KeyStore.getInstance(file.toFile(), password);
        } catch (KeyStoreException e) {
            throw new IllegalArgumentException(
                    "it is no key store: expected PKCS #12 (openssl pkcs12 -export makes one of PEM files) or JKS");
        } catch (IOException e) {
            if (e.getCause() instanceof UnrecoverableKeyException) {
                throw new IllegalArgumentException("ops.tls.keystore-password is not its password");
            }
            throw new IllegalArgumentException("it cannot be read: %s; expected a key store that this user may read"
                    .formatted(io.recordsync.files.Refusal.words(file, e)));
        }
    }

    /** Those that are shown with each key, but for a root, which nobody looks at. */
    private static List<X509Certificate> certificates(KeyStore store) throws KeyStoreException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (String alias : Collections.list(store.aliases())) {
            Certificate[] chain = store.isKeyEntry(alias) ? store.getCertificateChain(alias) : null;
            for (int i = 0; chain != null && i < chain.length; i++) {
                if (chain[i] instanceof X509Certificate shown && (i == 0 || !isRoot(shown))) {
                    certificates.add(shown);
                }
            }
        }
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException(
                    "it holds no private key with its certificate (%s other entries): expected both, as openssl pkcs12 -export -inkey … -in … writes them"
                            .formatted(store.size()));
        }
        return certificates;
    }

    private static boolean isRoot(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
    }

    private void requireValid(Instant now) {
        for (X509Certificate certificate : certificates) {
            String name = certificate.getSubjectX500Principal().getName();
            Instant from = certificate.getNotBefore().toInstant();
            Instant until = certificate.getNotAfter().toInstant();
            if (now.isAfter(until)) {
                throw new IllegalArgumentException(
                        "its certificate %s expired at %s: put one in that is valid".formatted(name, until));
            }
            if (now.isBefore(from)) {
                throw new IllegalArgumentException(
                        "its certificate %s is not valid before %s: put one in that is valid, or set the clock of this machine"
                                .formatted(name, from));
            }
        }
    }

    /** When the first of its certificates expires. */
    public Instant expires() {
        return certificates.stream()
                .map(certificate -> certificate.getNotAfter().toInstant())
                .min(Instant::compareTo)
                .orElseThrow();
    }

    /** Makes a server speak TLS by it, and nothing older than TLS 1.2. */
    HttpServerOptions into(HttpServerOptions options) {
        return options.setSsl(true)
                .setKeyCertOptions(KeyCertOptions.wrap(keys))
                .setSslEngineOptions(new Handshakes(Callers.BOUNDS.connections()))
                .setEnabledSecureTransportProtocols(PROTOCOLS)
                .setSslHandshakeTimeout(MAX_HANDSHAKE_SECONDS)
                .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS);
    }
}
