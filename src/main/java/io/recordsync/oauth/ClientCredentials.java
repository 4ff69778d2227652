package io.recordsync.oauth;

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
 * form-encoded as the RFC has it) or in the form (Salesforce). Set once, before use, by
 * properties and not by constructor arguments: Camel's YAML beans fail on constructor arguments of digits or quotes, and
 * secrets of digits exist.
 */
public final class ClientCredentials implements Grant {

    private String clientId;
    private String clientSecret;
    private String scope = "";
    private boolean basic;

    public void setClientId(String clientId) {
        this.clientId = clientId;
    }

    public void setClientSecret(String clientSecret) {
        this.clientSecret = clientSecret;
    }

    /** Empty: none is asked for. */
    public void setScope(String scope) {
        this.scope = scope;
    }

    /** True: the secret goes in the header; false: in the form. */
    public void setBasic(boolean basic) {
        this.basic = basic;
    }

    @Override
    public Proof prove(URI tokenUrl, Instant now) {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "client_credentials");
        if (!scope.isBlank()) {
            form.put("scope", scope);
        }
        if (basic) {
            return new Proof(form, "Basic " + base64(clientId + ":" + clientSecret));
        }
        form.put("client_id", clientId);
        form.put("client_secret", clientSecret);
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
