package io.recordsync.simulator.talkdesk;

import static io.recordsync.simulator.talkdesk.SimulatorClient.basic;
import static io.recordsync.simulator.talkdesk.SimulatorClient.clientCredentials;
import static io.recordsync.simulator.talkdesk.SimulatorClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class TalkdeskSimulatorTokenTest {

    private static final String SCOPE = "record-lists:manage";
    private static final String ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    private final SettableClock clock = new SettableClock();
    private final TalkdeskSimulator talkdesk = TalkdeskSimulator.start(0, clock);
    private final SimulatorClient client = new SimulatorClient(talkdesk);

    private static final class SettableClock extends Clock {
        private volatile Instant now = Instant.parse("2026-03-01T10:00:00Z");

        void advance(Duration by) {
            now = now.plus(by);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }

    @AfterEach
    void close() {
        talkdesk.close();
    }

    @Test
    void client_credentials_get_a_token_of_ten_minutes() throws IOException {
        HttpResponse<String> answer = client.requestToken(basic(), clientCredentials(SCOPE));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(json(answer).fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder("access_token", "token_type", "expires_in", "scope");
        assertThat(json(answer).path("expires_in").asInt()).isEqualTo(600);
        assertThat(json(answer).path("scope").asText()).isEqualTo(SCOPE);
        assertThat(talkdesk.tokenCalls()).singleElement().satisfies(call -> {
            assertThat(call.authentication()).isEqualTo("basic");
            assertThat(call.status()).isEqualTo(200);
            assertThat(call.token()).isEqualTo(json(answer).path("access_token").asText());
        });
    }

    @Test
    void a_token_is_refused_once_it_has_expired_or_was_revoked() throws IOException {
        talkdesk.tokenLifetime(Duration.ofSeconds(60));
        client.logIn(SCOPE);
        clock.advance(Duration.ofSeconds(59));
        assertThat(client.get("/record-lists").statusCode()).isEqualTo(200);
        clock.advance(Duration.ofSeconds(1));
        assertThat(client.get("/record-lists").statusCode()).isEqualTo(401);

        client.logIn(SCOPE);
        assertThat(client.get("/record-lists").statusCode()).isEqualTo(200);
        talkdesk.revokeTokens();
        assertThat(client.get("/record-lists").statusCode()).isEqualTo(401);
        assertThat(talkdesk.mistakes()).isEmpty();
    }

    @Test
    void a_wrong_secret_or_a_scope_that_is_not_granted_answers_401() throws IOException {
        assertThat(client.requestToken("Basic eDp5", clientCredentials(SCOPE)).statusCode())
                .isEqualTo(401);
        assertThat(client.requestToken("", clientCredentials(SCOPE)).statusCode())
                .isEqualTo(401);
        talkdesk.grantScopes("contacts:read");
        assertThat(client.requestToken(basic(), clientCredentials(SCOPE)).statusCode())
                .isEqualTo(401);
        talkdesk.grantScopes(SCOPE);
        assertThat(client.requestToken(basic(), clientCredentials(SCOPE)).statusCode())
                .isEqualTo(200);
        assertThat(talkdesk.mistakes()).isEmpty();
    }

    @Test
    void a_request_without_grant_type_or_scope_is_a_mistake() throws IOException {
        assertThat(client.requestToken(basic(), Map.of("scope", SCOPE)).statusCode())
                .isEqualTo(400);
        assertThat(client.requestToken(basic(), Map.of("grant_type", "client_credentials"))
                        .statusCode())
                .isEqualTo(400);
        assertThat(talkdesk.mistakes()).hasSize(2);
    }

    @Test
    void a_private_key_jwt_gets_a_token_once() throws Exception {
        ECKey key = registeredKey();
        String assertion = signed(key, claims -> claims);

        assertThat(requestWith(assertion).statusCode()).isEqualTo(200);
        assertThat(requestWith(assertion).statusCode()).as("same jti again").isEqualTo(401);
        assertThat(requestWith(signed(key, claims -> claims)).statusCode()).isEqualTo(200);
        assertThat(talkdesk.tokenCalls()).extracting(TokenCall::authentication).containsOnly("private_key_jwt");
    }

    @Test
    void a_private_key_jwt_with_a_wrong_claim_is_refused() throws Exception {
        ECKey key = registeredKey();
        Instant now = clock.instant();
        Map<String, UnaryOperator<JWTClaimsSet.Builder>> wrong = Map.of(
                "iss", claims -> claims.issuer("other"),
                "sub", claims -> claims.subject("other"),
                "aud", claims -> claims.audience(talkdesk.url()),
                "jti", claims -> claims.jwtID(null),
                "iat", claims -> claims.issueTime(null),
                "iat ahead", claims -> claims.issueTime(Date.from(now.plusSeconds(60))),
                "exp", claims -> claims.expirationTime(null),
                "exp past", claims -> claims.expirationTime(Date.from(now.minusSeconds(1))),
                "exp too late", claims -> claims.expirationTime(Date.from(now.plusSeconds(301))));

        for (var change : wrong.entrySet()) {
            assertThat(requestWith(signed(key, change.getValue())).statusCode())
                    .as(change.getKey())
                    .isEqualTo(401);
        }
        ECKey stranger = new ECKeyGenerator(Curve.P_256).keyID(key.getKeyID()).generate();
        assertThat(requestWith(signed(stranger, claims -> claims)).statusCode())
                .as("signature")
                .isEqualTo(401);
        ECKey unknown = new ECKeyGenerator(Curve.P_256).keyID("unknown").generate();
        assertThat(requestWith(signed(unknown, claims -> claims)).statusCode())
                .as("kid")
                .isEqualTo(401);
        assertThat(requestWith("no.jwt").statusCode()).isEqualTo(401);
    }

    @Test
    void token_answers_can_be_scripted() throws IOException {
        talkdesk.tokenAnswers(503, 401);
        talkdesk.tokenAnswer(Answer.html());

        assertThat(client.requestToken(basic(), clientCredentials(SCOPE)).statusCode())
                .isEqualTo(503);
        assertThat(client.requestToken(basic(), clientCredentials(SCOPE)).statusCode())
                .isEqualTo(401);
        assertThat(client.requestToken(basic(), clientCredentials(SCOPE)).body())
                .startsWith("<!DOCTYPE html>");
        assertThat(client.requestToken(basic(), clientCredentials(SCOPE)).statusCode())
                .isEqualTo(200);
    }

    @Test
    void a_token_request_can_hang() throws IOException {
        talkdesk.hangToken();
        try (Socket socket =
                new Socket("127.0.0.1", URI.create(talkdesk.tokenUrl()).getPort())) {
            socket.setSoTimeout(200);
            String body = "grant_type=client_credentials&scope=record-lists%3Amanage";
            socket.getOutputStream()
                    .write(("POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nAuthorization: " + basic()
                                    + "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
                                    + body.length() + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.ISO_8859_1));
            InputStream in = socket.getInputStream();
            assertThatThrownBy(in::read).isInstanceOf(SocketTimeoutException.class);
        }
        assertThat(talkdesk.tokenCalls()).extracting(TokenCall::status).containsExactly(0);

        talkdesk.answerNormally();
        assertThat(client.requestToken(basic(), clientCredentials(SCOPE)).statusCode())
                .isEqualTo(200);
    }

    private ECKey registeredKey() throws JOSEException {
        ECKey key = new ECKeyGenerator(Curve.P_256).keyID("key-1").generate();
        talkdesk.registerKey("key-1", key.toECPublicKey());
        return key;
    }

    private String signed(ECKey key, UnaryOperator<JWTClaimsSet.Builder> change) throws JOSEException {
        Instant now = clock.instant();
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .issuer(TalkdeskSimulator.CLIENT_ID)
                .subject(TalkdeskSimulator.CLIENT_ID)
                .audience(talkdesk.tokenUrl())
                .jwtID(UUID.randomUUID().toString())
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(300)));
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(),
                change.apply(claims).build());
        jwt.sign(new ECDSASigner(key));
        return jwt.serialize();
    }

    private HttpResponse<String> requestWith(String assertion) throws IOException {
        return client.requestToken(
                "",
                Map.of(
                        "grant_type",
                        "client_credentials",
                        "scope",
                        SCOPE,
                        "client_assertion_type",
                        ASSERTION_TYPE,
                        "client_assertion",
                        assertion));
    }
}
