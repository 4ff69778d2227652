package io.recordsync.oauth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.recordsync.config.JwtSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.interfaces.RSAKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;

/**
 * The JWT bearer grant (RFC 7523, 2.1) as Salesforce wants it: RS256, issued by the client, for a user.
 *
 * <p>The key comes from a PEM file where the file's name ends in {@code .pem} or {@code .key}, else from a keystore (PKCS #12
 * or JKS).
 */
public final class JwtBearer implements Grant {

    /** Salesforce refuses an assertion that ends more than three minutes from now, by its own clock. */
    private static final Duration LIFE = Duration.ofMinutes(2);

    private static final int MIN_BITS = 2048;

    private final String clientId;
    private final JwtSettings jwt;

    public JwtBearer(String clientId, JwtSettings jwt) {
        this.clientId = clientId;
        this.jwt = jwt;
    }

    @Override
    public void check() throws IOException, GeneralSecurityException {
        key();
    }

    @Override
    public Proof prove(URI tokenUrl, Instant now) throws IOException, GeneralSecurityException {
        var claims = new JWTClaimsSet.Builder()
                .issuer(clientId)
                .subject(jwt.user())
                .audience(jwt.audience().toString())
                .expirationTime(Date.from(now.plus(LIFE)))
                .build();
        var assertion = new SignedJWT(new JWSHeader(JWSAlgorithm.RS256), claims);
        try {
            assertion.sign(new RSASSASigner(key()));
        } catch (JOSEException | IllegalArgumentException e) {
            throw new GeneralSecurityException("the key in " + jwt.keystore() + " cannot sign RS256", e);
        }
        return new Proof(
                Map.of("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion", assertion.serialize()),
                null);
    }

    private PrivateKey key() throws IOException, GeneralSecurityException {
        Path file = Path.of(jwt.keystore());
        boolean pem = jwt.keystore().endsWith(".pem") || jwt.keystore().endsWith(".key");
        PrivateKey key = pem
                ? PrivateKeys.fromPem(file)
                : PrivateKeys.fromKeystore(file, jwt.keystorePassword().value(), jwt.keyAlias());
        if (!(key instanceof RSAKey rsa)) {
            throw new GeneralSecurityException("the key in " + file + " is no RSA key but " + key.getAlgorithm()
                    + "; RS256 needs RSA with 2048 bits or more");
        }
        int bits = rsa.getModulus().bitLength();
        if (bits < MIN_BITS) {
            throw new GeneralSecurityException(
                    "the key in " + file + " is RSA with " + bits + " bits; RS256 needs 2048 bits or more");
        }
        return key;
    }

    @Override
    public String toString() {
        return "JWT bearer";
    }
}
