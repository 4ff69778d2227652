package io.recordsync.simulator.talkdesk;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.ECPublicKey;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The token endpoint: OAuth 2.0 client credentials by Basic or by {@code private_key_jwt} (ES256).
 *
 * <p>Error bodies are those of RFC 6749, because the public pages show none. A scope that is not granted answers 401,
 * as the pages say it does in the minutes after a grant. Thread-safe.
 */
final class TokenEndpoint {

    private static final String ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    private static final Duration LONGEST_ASSERTION = Duration.ofMinutes(5);

    private final Clock clock;
    private final String clientId;
    private final String clientSecret;
    private final Map<String, ECPublicKey> keys = new ConcurrentHashMap<>();
    private final Map<String, Issued> issued = new ConcurrentHashMap<>();
    private final Set<String> assertionsSeen = ConcurrentHashMap.newKeySet();
    private volatile Set<String> granted = Set.of("record-lists:manage", "tod.records-list.manage");
    private volatile Duration lifetime = Duration.ofMinutes(10);

    TokenEndpoint(Clock clock, String clientId, String clientSecret) {
        this.clock = clock;
        this.clientId = clientId;
        this.clientSecret = clientSecret;
    }

    private record Issued(Set<String> scopes, Instant expiresAt) {}

    /** An answer, and what the log wants to know beside it. */
    record Grant(Reply reply, String authentication, String scope, String token) {}

    /** Why a request is refused: RFC 6749's error word and the reason in words. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1;
        private final int status;
        private final String error;

        Refused(int status, String error, String reason) {
            super(reason);
            this.status = status;
            this.error = error;
        }
    }

    void grant(Set<String> scopes) {
        granted = Set.copyOf(scopes);
    }

    void lifetime(Duration duration) {
        lifetime = duration;
    }

    void key(String kid, ECPublicKey key) {
        keys.put(kid, key);
    }

    void revokeAll() {
        issued.clear();
    }

    /** The scopes of a token, none where it is unknown, revoked or expired. */
    Set<String> scopesOf(String token) {
        Issued found = issued.get(token);
        return found == null || !clock.instant().isBefore(found.expiresAt()) ? Set.of() : found.scopes();
    }

    Grant answer(Request request, String tokenUrl) {
        Map<String, String> form = request.form();
        String scope = form.getOrDefault("scope", "");
        String authentication = authentication(request, form);
        try {
            checkForm(request, form);
            if (authentication.equals("basic")) {
                checkBasic(request);
            } else {
                checkAssertion(form, tokenUrl);
            }
            Set<String> scopes = Set.copyOf(Arrays.asList(scope.split(" ")));
            if (!granted.containsAll(scopes)) {
                throw new Refused(401, "invalid_scope", "The client is not granted " + scope);
            }
            String token = UUID.randomUUID().toString();
            issued.put(token, new Issued(scopes, clock.instant().plus(lifetime)));
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("access_token", token);
            body.put("token_type", "Bearer");
            body.put("expires_in", lifetime.toSeconds());
            body.put("scope", scope);
            return new Grant(Reply.json(200, body), authentication, scope, token);
        } catch (Refused e) {
            Map<String, String> body = Map.of("error", e.error, "error_description", e.getMessage());
            return new Grant(Reply.json(e.status, body), authentication, scope, "");
        }
    }

    private static String authentication(Request request, Map<String, String> form) {
        if (form.containsKey("client_assertion")) {
            return "private_key_jwt";
        }
        return request.header("Authorization").startsWith("Basic ") ? "basic" : "";
    }

    private static void checkForm(Request request, Map<String, String> form) throws Refused {
        check(request.method().equals("POST"), 405, "invalid_request", "Only POST");
        check(
                request.hasContentType("application/x-www-form-urlencoded"),
                400,
                "invalid_request",
                "Content-Type must be application/x-www-form-urlencoded");
        check(
                "client_credentials".equals(form.get("grant_type")),
                400,
                "unsupported_grant_type",
                "grant_type must be client_credentials");
        check(!form.getOrDefault("scope", "").isBlank(), 400, "invalid_scope", "scope is missing");
        boolean basic = request.header("Authorization").startsWith("Basic ");
        boolean assertion = form.containsKey("client_assertion");
        check(basic || assertion, 401, "invalid_client", "No client authentication");
        check(!(basic && assertion), 400, "invalid_request", "More than one client authentication");
    }

    private void checkBasic(Request request) throws Refused {
        String expected = "Basic "
                + Base64.getEncoder().encodeToString((clientId + ":" + clientSecret).getBytes(StandardCharsets.UTF_8));
        check(
                request.header("Authorization").equals(expected),
                401,
                "invalid_client",
                "Unknown client or wrong secret");
    }

    private void checkAssertion(Map<String, String> form, String tokenUrl) throws Refused {
        check(
                ASSERTION_TYPE.equals(form.get("client_assertion_type")),
                400,
                "invalid_request",
                "client_assertion_type must be " + ASSERTION_TYPE);
        JWTClaimsSet claims = verified(form.get("client_assertion"));
        Date now = Date.from(clock.instant());
        Date issuedAt = claims.getIssueTime();
        Date expires = claims.getExpirationTime();
        checkClaim(clientId.equals(claims.getIssuer()), "iss must be the client id");
        checkClaim(clientId.equals(claims.getSubject()), "sub must be the client id");
        checkClaim(claims.getAudience().contains(tokenUrl), "aud must be " + tokenUrl);
        // JWT times are whole seconds: iat may lie up to one second behind the clock and never ahead of it.
        checkClaim(issuedAt != null && !issuedAt.after(now), "iat is missing or in the future");
        checkClaim(expires != null && expires.after(now), "exp is missing or past");
        checkClaim(
                expires.getTime() - issuedAt.getTime() <= LONGEST_ASSERTION.toMillis(),
                "exp must be within 5 minutes of iat");
        checkClaim(claims.getJWTID() != null && assertionsSeen.add(claims.getJWTID()), "jti is missing or was used");
    }

    private JWTClaimsSet verified(String assertion) throws Refused {
        try {
            SignedJWT jwt = SignedJWT.parse(assertion);
            String kid = jwt.getHeader().getKeyID();
            checkClaim(JWSAlgorithm.ES256.equals(jwt.getHeader().getAlgorithm()), "alg must be ES256");
            checkClaim(kid != null && keys.containsKey(kid), "kid is missing or unknown");
            checkClaim(jwt.verify(new ECDSAVerifier(keys.get(kid))), "The signature is wrong");
            return jwt.getJWTClaimsSet();
        } catch (ParseException | JOSEException e) {
            throw new Refused(401, "invalid_client", "client_assertion is no signed JWT: " + e.getMessage());
        }
    }

    private static void checkClaim(boolean holds, String otherwise) throws Refused {
        check(holds, 401, "invalid_client", otherwise);
    }

    private static void check(boolean holds, int status, String error, String otherwise) throws Refused {
        if (!holds) {
            throw new Refused(status, error, otherwise);
        }
    }
}
