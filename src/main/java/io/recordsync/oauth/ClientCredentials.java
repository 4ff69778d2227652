package io.recordsync.oauth;

import io.recordsync.config.Secret;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The client credentials grant with a client secret (RFC 6749, 4.4).
 *
 * <p>The secret goes as {@code Authorization: Basic} (Talkdesk, which wants both parts as they are and not
 * form-encoded as the RFC has it) or in the form (Salesforce).
 */
public final class ClientCredentials implements Grant {

    private final String clientId;
    private final Secret clientSecret;
    private final String scope;
    private final boolean basic;

    private ClientCredentials(String clientId, Secret clientSecret, String scope, boolean basic) {
        this.clientId = clientId;
        this.clientSecret = clientSecret;
        this.scope = scope;
        this.basic = basic;
    }

    /** As Salesforce wants it: the secret goes in the form. */
    public static ClientCredentials inForm(String clientId, Secret clientSecret) {
        return new ClientCredentials(clientId, clientSecret, "", false);
    }

    /**
     * As Talkdesk wants it: the secret goes as {@code Authorization: Basic}.
     *
     * @param scope empty: none is asked for
     */
    public static ClientCredentials inHeader(String clientId, Secret clientSecret, String scope) {
        return new ClientCredentials(clientId, clientSecret, scope, true);
    }

    @Override
    public Proof prove(URI tokenUrl, Instant now) {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "client_credentials");
        if (!scope.isBlank()) {
            form.put("scope", scope);
        }
        if (basic) {
            return new Proof(form, "Basic " + base64(clientId + ":" + clientSecret.value()));
        }
        form.put("client_id", clientId);
        form.put("client_secret", clientSecret.value());
        return new Proof(form, null);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "client id and secret";
    }
}
