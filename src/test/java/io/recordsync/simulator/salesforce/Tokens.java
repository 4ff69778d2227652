package io.recordsync.simulator.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Who may come in: the client's credentials, the org they lead to, and the access tokens given out.
 *
 * <p>Thread-safe. As a {@link ServerInterceptor} it checks the three headers of every Pub/Sub call. Like Salesforce's,
 * an answer does not say how long a token lasts, and one to an assertion not even when it was issued.
 */
final class Tokens implements ServerInterceptor {

    private static final Metadata.Key<String> ACCESS_TOKEN = header("accesstoken");
    private static final Metadata.Key<String> INSTANCE_URL = header("instanceurl");
    private static final Metadata.Key<String> TENANT_ID = header("tenantid");
    private static final String USER_ID = "005Rj000005UEfQIAW";
    private static final Duration LONGEST_ASSERTION = Duration.ofMinutes(5);

    private final Clock clock;
    private final Recording recording;
    private final String clientId;
    private final String clientSecret;
    private final Map<String, Token> tokens = new HashMap<>();
    private String orgId = "00D58000000arpqEAA";
    private String url;
    private String instanceUrl;
    private Duration lifetime = Duration.ofHours(2);
    private String scope = "id api full";
    private LoginRefused refusal;
    private PublicKey jwtKey;
    private String jwtUser;

    Tokens(Clock clock, Recording recording, String clientId, String clientSecret) {
        this.clock = clock;
        this.recording = recording;
        this.clientId = clientId;
        this.clientSecret = clientSecret;
    }

    private record Token(String orgId, Instant expiresAt, boolean forApi) {}

    /** A refusal in the words of the token endpoint. */
    static final class LoginRefused extends Exception {

        private final String error;

        LoginRefused(String error, String description) {
            super(description);
            this.error = error;
        }

        String error() {
            return error;
        }
    }

    synchronized void url(String url) {
        this.url = url;
        this.instanceUrl = url;
    }

    synchronized void instanceUrl(String url) {
        instanceUrl = url;
    }

    synchronized void orgId(String id) {
        orgId = id;
        tokens.clear();
    }

    synchronized String orgId() {
        return orgId;
    }

    synchronized void lifetime(Duration lifetime) {
        this.lifetime = lifetime;
    }

    synchronized void acceptsJwt(PublicKey key, String user) {
        jwtKey = key;
        jwtUser = user;
    }

    synchronized void revoke() {
        tokens.clear();
    }

    /** What tokens are for from now on; without {@code api} and {@code full}, every call with one is refused. */
    synchronized void scope(String granted) {
        scope = granted;
    }

    /** Nobody gets a token, for this reason; null = as usual. */
    synchronized void refuses(LoginRefused reason) {
        refusal = reason;
    }

    /** Whether the API takes a token that is valid. */
    synchronized boolean isForApi(String accessToken) {
        return tokens.get(accessToken).forApi();
    }

    synchronized boolean isValid(String accessToken) {
        Token token = tokens.get(accessToken);
        return token != null && token.expiresAt().isAfter(clock.instant());
    }

    /** The answer to a request for a token. */
    synchronized Map<String, String> grant(Map<String, String> form) throws LoginRefused {
        boolean secret = false;
        if (refusal != null) {
            throw refusal;
        }
        switch (form.getOrDefault("grant_type", "")) {
            case "client_credentials" -> {
                checkSecret(form);
                secret = true;
            }
            case "urn:ietf:params:oauth:grant-type:jwt-bearer" -> checkAssertion(form.getOrDefault("assertion", ""));
            default -> throw new LoginRefused("unsupported_grant_type", "grant type not supported");
        }
        String accessToken = orgId.substring(0, 15) + "!AQ."
                + UUID.randomUUID().toString().replace("-", "") + "."
                + UUID.randomUUID().toString().replace("-", "");
        tokens.put(
                accessToken,
                new Token(
                        orgId,
                        clock.instant().plus(lifetime),
                        List.of(scope.split(" ")).stream().anyMatch(Set.of("api", "full")::contains)));
        Map<String, String> answer = new LinkedHashMap<>();
        answer.put("access_token", accessToken);
        if (secret) {
            answer.put(
                    "signature",
                    Base64.getEncoder()
                            .encodeToString(UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII)));
        }
        answer.put("scope", scope);
        answer.put("instance_url", instanceUrl);
        answer.put("id", url + "/id/" + orgId + "/" + USER_ID);
        answer.put("token_type", "Bearer");
        if (secret) {
            answer.put("issued_at", String.valueOf(clock.millis()));
        }
        return answer;
    }

    /** Whose token it is. */
    synchronized Map<String, Object> userInfo(String accessToken) {
        String org = tokens.get(accessToken).orgId();
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("sub", url + "/id/" + org + "/" + USER_ID);
        info.put("user_id", USER_ID);
        info.put("organization_id", org);
        info.put("preferred_username", "integration@simulated.example");
        info.put("name", "Integration User");
        info.put("active", true);
        info.put("user_type", "STANDARD");
        info.put("urls", Map.of("rest", url + "/services/data/v{version}/"));
        return info;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> handler) {
        StatusRuntimeException refusal = check(headers);
        if (refusal == null) {
            return handler.startCall(call, headers);
        }
        recording.refusal(new Recording.Refusal(
                clock.instant(), call.getMethodDescriptor().getBareMethodName(), PubSubService.errorCode(refusal)));
        call.close(refusal.getStatus(), refusal.getTrailers());
        return new ServerCall.Listener<>() {};
    }

    private synchronized StatusRuntimeException check(Metadata headers) {
        String accessToken = headers.get(ACCESS_TOKEN);
        if (accessToken == null
                || !isValid(accessToken)
                || !isForApi(accessToken)
                || !instanceUrl.equals(headers.get(INSTANCE_URL))) {
            return PubSubService.error(
                    Status.UNAUTHENTICATED.withDescription("An authentication exception occurred. Provide valid"
                            + " authentication via metadata headers"),
                    "service.auth.error");
        }
        if (!tokens.get(accessToken).orgId().equals(headers.get(TENANT_ID))) {
            return PubSubService.error(
                    Status.UNAUTHENTICATED.withDescription("The tenant ID is not that of the access token"),
                    "service.auth.headers.invalid");
        }
        return null;
    }

    private void checkSecret(Map<String, String> form) throws LoginRefused {
        if (!clientId.equals(form.get("client_id"))) {
            throw new LoginRefused("invalid_client_id", "client identifier invalid");
        }
        if (!clientSecret.equals(form.get("client_secret"))) {
            throw new LoginRefused("invalid_client", "invalid client credentials");
        }
    }

    private void checkAssertion(String assertion) throws LoginRefused {
        String[] parts = assertion.split("\\.");
        if (parts.length != 3 || jwtKey == null) {
            throw new LoginRefused("invalid_grant", "invalid assertion");
        }
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initVerify(jwtKey);
            signature.update((parts[0] + '.' + parts[1]).getBytes(StandardCharsets.US_ASCII));
            boolean signed = signature.verify(Base64.getUrlDecoder().decode(parts[2]));
            if (!signed || !"RS256".equals(json(parts[0]).path("alg").asText())) {
                throw new LoginRefused("invalid_grant", "invalid assertion");
            }
            JsonNode claims = json(parts[1]);
            if (!clientId.equals(claims.path("iss").asText())) {
                throw new LoginRefused("invalid_client_id", "client identifier invalid");
            }
            if (!jwtUser.equals(claims.path("sub").asText())) {
                throw new LoginRefused("invalid_grant", "user hasn't approved this consumer");
            }
            if (!url.equals(claims.path("aud").asText())) {
                throw new LoginRefused("invalid_grant", "audience is invalid");
            }
            Instant expiry = Instant.ofEpochSecond(claims.path("exp").asLong());
            Instant now = clock.instant();
            if (!expiry.isAfter(now) || expiry.isAfter(now.plus(LONGEST_ASSERTION))) {
                throw new LoginRefused("invalid_grant", "expired authorization code");
            }
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw new LoginRefused("invalid_grant", "invalid assertion");
        }
    }

    private static JsonNode json(String part) throws IOException {
        return new ObjectMapper().readTree(Base64.getUrlDecoder().decode(part));
    }

    private static Metadata.Key<String> header(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }
}
