package io.recordsync.oauth;

import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Map;

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
     * What a token request carries.
     *
     * @param authorization the header of that name; null for none
     */
    record Proof(Map<String, String> form, String authorization) {}
}
