package io.recordsync.oauth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.interfaces.ECKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** The client credentials grant with {@code private_key_jwt} (RFC 7523, 2.2) as Talkdesk wants it: ES256, with a key id. */
public final class PrivateKeyJwt implements Grant {

    /** Talkdesk allows five minutes; less leaves room for clocks that differ. */
    private static final Duration LIFE = Duration.ofMinutes(4);

    private final String clientId;
    private final String keyId;
    private final Path privateKey;
    private final String scope;

    /**
     * @param keyId the id that Talkdesk gave the public key; header {@code kid}
     * @param privateKey the PEM file with the P-256 key
     * @param scope empty: none is asked for
     */
    public PrivateKeyJwt(String clientId, String keyId, Path privateKey, String scope) {
        this.clientId = clientId;
        this.keyId = keyId;
        this.privateKey = privateKey;
        this.scope = scope;
    }

    @Override
    public void check() throws IOException, GeneralSecurityException {
        key();
    }

    @Override
    public Proof prove(URI tokenUrl, Instant now) throws IOException, GeneralSecurityException {
        var header = new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(keyId).build();
        var claims = new JWTClaimsSet.Builder()
                .issuer(clientId)
                .subject(clientId)
                .audience(tokenUrl.toString())
                .jwtID(UUID.randomUUID().toString())
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(LIFE)))
                .build();
        var jwt = new SignedJWT(header, claims);
        try {
            jwt.sign(new ECDSASigner(key(), Curve.P_256));
        } catch (JOSEException e) {
            throw new GeneralSecurityException("the key in " + privateKey + " cannot sign ES256", e);
        }
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "client_credentials");
        if (!scope.isBlank()) {
            form.put("scope", scope);
        }
        form.put("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        form.put("client_assertion", jwt.serialize());
        return new Proof(form, null);
    }

    private PrivateKey key() throws IOException, GeneralSecurityException {
        PrivateKey key = PrivateKeys.fromPem(privateKey);
        if (!(key instanceof ECKey elliptic)) {
            throw new GeneralSecurityException("the key in " + privateKey + " is no EC key but " + key.getAlgorithm()
                    + "; ES256 needs the curve P-256 (prime256v1, secp256r1)");
        }
        Curve curve = Curve.forECParameterSpec(elliptic.getParams());
        if (!Curve.P_256.equals(curve)) {
            throw new GeneralSecurityException("the key in " + privateKey + " is of the curve "
                    + (curve == null ? elliptic.getParams() : curve)
                    + "; ES256 needs P-256 (prime256v1, secp256r1)");
        }
        return key;
    }

    @Override
    public String toString() {
        return "private_key_jwt";
    }
}
