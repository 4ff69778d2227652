package io.recordsync.oauth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.recordsync.config.JwtSettings;
import io.recordsync.config.Secret;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;

/**
 * The JWT bearer grant (RFC 7523, 2.1) as Salesforce wants it: RS256, issued by the client, for a user.
 *
 * <p>The key comes from a keystore (PKCS #12 or JKS) or from a PEM file, distinguished by the file's name. Set once, before
 * use; by properties for the reason in {@link ClientCredentials}.
 */
public final class JwtBearer implements Grant {

    /** Salesforce refuses an assertion that ends more than three minutes from now, by its own clock. */
    private static final Duration LIFE = Duration.ofMinutes(2);

    private String clientId;
    private String user;
    private String audience;
    private String keystore;
    private Secret keystorePassword = Secret.NONE;
    private String keyAlias = "";

    public JwtBearer() {}

    public JwtBearer(String clientId, JwtSettings jwt) {
        this.clientId = clientId;
        this.user = jwt.user();
        this.audience = jwt.audience().toString();
        this.keystore = jwt.keystore();
        this.keystorePassword = jwt.keystorePassword();
        this.keyAlias = jwt.keyAlias();
    }

    public void setClientId(String clientId) {
        this.clientId = clientId;
    }

    /** The name of the user to act as. */
    public void setUser(String user) {
        this.user = user;
    }

    /** The authorization server's URL, as it calls itself. */
    public void setAudience(String audience) {
        this.audience = audience;
    }

    /** The file with the key: {@code *.pem} or {@code *.key} is read as PEM, everything else as a keystore. */
    public void setKeystore(String keystore) {
        this.keystore = keystore;
    }

    public void setKeystorePassword(String keystorePassword) {
        this.keystorePassword = new Secret(keystorePassword);
    }

    /** Empty: the only key in the keystore. */
    public void setKeyAlias(String keyAlias) {
        this.keyAlias = keyAlias;
    }

    @Override
    public Proof prove(URI tokenUrl, Instant now) throws IOException, GeneralSecurityException {
        var claims = new JWTClaimsSet.Builder()
                .issuer(clientId)
                .subject(user)
                .audience(audience)
                .expirationTime(Date.from(now.plus(LIFE)))
                .build();
        var jwt = new SignedJWT(new JWSHeader(JWSAlgorithm.RS256), claims);
        try {
            jwt.sign(new RSASSASigner(key()));
        } catch (JOSEException | IllegalArgumentException e) {
            throw new GeneralSecurityException("the key in " + keystore + " cannot sign RS256", e);
        }
        return new Proof(
                Map.of("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion", jwt.serialize()),
                null);
    }

    private PrivateKey key() throws IOException, GeneralSecurityException {
        Path file = Path.of(keystore);
        if (keystore.endsWith(".pem") || keystore.endsWith(".key")) {
            return PrivateKeys.fromPem(file, "RSA");
        }
        return PrivateKeys.fromKeystore(file, keystorePassword.value(), keyAlias);
    }

    @Override
    public String toString() {
        return "JWT bearer";
    }
}
