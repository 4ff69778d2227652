package io.recordsync.oauth;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How a client proves who it is at a token endpoint.
 *
 * <p>Thread-safe. Keys are read at each request, so that a key file may be replaced while the service runs.
 */
public interface Grant {

    /**
     * The proof for one request.
     *
     * @throws IOException when the key file cannot be read
     * @throws GeneralSecurityException when the key in it cannot be used
     */
    Proof prove(URI tokenUrl, Instant now) throws IOException, GeneralSecurityException;

    /**
     * Whether there is what a proof is made of, as far as this machine can say.
     *
     * @throws IOException when the key file cannot be read
     * @throws GeneralSecurityException when the key in it cannot be used
     */
    default void check() throws IOException, GeneralSecurityException {}

    /**
     * What a token request carries.
     *
     * @param authorization the header of that name; null for none
     */
    record Proof(Map<String, String> form, String authorization) {

        private static final Set<String> SECRETS = Set.of("client_secret", "client_assertion", "assertion");

        /** A text of the other end without what this proof holds secret, should it repeat that. */
        String censored(String text) {
            String censored = text;
            for (String secret : secrets()) {
                censored = secret.isBlank() ? censored : censored.replace(secret, "…");
            }
            return censored;
        }

        private List<String> secrets() {
            List<String> secrets = new ArrayList<>();
            form.forEach((field, value) -> {
                if (SECRETS.contains(field)) {
                    secrets.add(value);
                }
            });
            if (authorization != null) {
                String pair = authorization.substring(authorization.indexOf(' ') + 1);
                secrets.add(pair);
                String open = new String(Base64.getDecoder().decode(pair), StandardCharsets.UTF_8);
                secrets.add(open.substring(open.indexOf(':') + 1));
            }
            return secrets;
        }
    }
}
