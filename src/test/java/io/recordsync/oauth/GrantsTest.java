package io.recordsync.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jwt.SignedJWT;
import io.recordsync.config.JwtSettings;
import io.recordsync.config.Secret;
import io.recordsync.network.Outbound;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The four ways to ask, as the token endpoint sees them. */
class GrantsTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final TokenEndpoint endpoint = new TokenEndpoint().grants(600);
    private final Clock clock = new SettableClock();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        endpoint.close();
    }

    @Test
    void client_credentials_go_in_the_form_for_salesforce() {
        ask(ClientCredentials.inForm("id", new Secret("a+b&c=d")));

        assertThat(asked())
                .isEqualTo(new TokenEndpoint.Request(
                        null,
                        Map.of(
                                "grant_type", "client_credentials",
                                "client_id", "id",
                                "client_secret", "a+b&c=d")));
    }

    @Test
    void client_credentials_go_in_the_basic_header_for_talkdesk() {
        ask(ClientCredentials.inHeader("id", new Secret("s/e+cret"), "record-lists:manage"));

        assertThat(asked())
                .isEqualTo(new TokenEndpoint.Request(
                        "Basic " + Base64.getEncoder().encodeToString("id:s/e+cret".getBytes(StandardCharsets.UTF_8)),
                        Map.of("grant_type", "client_credentials", "scope", "record-lists:manage")));
    }

    @Test
    void private_key_jwt_signs_an_es256_assertion_for_talkdesk() throws Exception {
        KeyPair pair = ellipticPair();
        var grant = new PrivateKeyJwt("the-client", "key-7", pem(pair.getPrivate()), "record-lists:manage");

        ask(grant);
        ask(grant);

        Map<String, String> form = endpoint.requests.get(0).form();
        assertThat(form)
                .containsOnlyKeys("grant_type", "scope", "client_assertion_type", "client_assertion")
                .containsEntry("grant_type", "client_credentials")
                .containsEntry("scope", "record-lists:manage")
                .containsEntry("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        SignedJWT jwt = SignedJWT.parse(form.get("client_assertion"));
        assertThat(jwt.verify(new ECDSAVerifier((ECPublicKey) pair.getPublic())))
                .isTrue();
        assertThat(jwt.getHeader().toJSONObject()).containsEntry("alg", "ES256").containsEntry("kid", "key-7");
        var claims = jwt.getJWTClaimsSet();
        assertThat(claims.getIssuer()).isEqualTo("the-client");
        assertThat(claims.getSubject()).isEqualTo("the-client");
        assertThat(claims.getAudience()).containsExactly(endpoint.url());
        assertThat(claims.getIssueTime()).isEqualTo(Date.from(NOW));
        assertThat(claims.getExpirationTime())
                .isAfter(Date.from(NOW))
                .isBeforeOrEqualTo(Date.from(NOW.plus(Duration.ofMinutes(5))));
        assertThat(claims.getJWTID())
                .isNotBlank()
                .as("a new id each time")
                .isNotEqualTo(SignedJWT.parse(endpoint.requests.get(1).form().get("client_assertion"))
                        .getJWTClaimsSet()
                        .getJWTID());
    }

    @Test
    void jwt_bearer_signs_an_rs256_assertion_with_a_pem_key_for_salesforce() throws Exception {
        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
        rsa.initialize(2048);
        KeyPair pair = rsa.generateKeyPair();

        ask(jwtBearer(pem(pair.getPrivate()), "", ""));

        assertBearer((RSAPublicKey) pair.getPublic());
    }

    @Test
    void jwt_bearer_takes_the_key_from_a_keystore_too() throws Exception {
        Path keystore = keystore("one");

        ask(jwtBearer(keystore, "changeit", ""));

        assertBearer(publicKey(keystore, "one"));
    }

    @Test
    void a_keystore_with_several_entries_needs_the_alias() throws Exception {
        Path keystore = keystore("one", "two");

        assertThatThrownBy(() -> ask(jwtBearer(keystore, "changeit", "")))
                .hasMessageContaining("2 keys in " + keystore + "; name the key's alias: one of [one, two]");

        ask(jwtBearer(keystore, "changeit", "two"));
        assertBearer(publicKey(keystore, "two"));
    }

    @Test
    void a_wrong_keystore_password_is_named_but_not_shown() throws Exception {
        Path keystore = keystore("one");

        assertThatThrownBy(() -> ask(jwtBearer(keystore, "wrong-one", "")))
                .isInstanceOf(TokenUnavailableException.class)
                .hasMessageContaining("the key for the JWT bearer cannot be used")
                .hasMessageContaining("password")
                .hasMessageNotContaining("wrong-one");
        assertThat(endpoint.requests).isEmpty();
    }

    @Test
    void a_key_file_that_is_missing_or_of_another_kind_is_named_with_what_is_expected() throws Exception {
        Path missing = folder.resolve("missing.pem");
        assertThatThrownBy(() -> ask(jwtBearer(missing, "", ""))).hasMessageContaining(missing.toString());

        Path sec1 = folder.resolve("sec1.pem");
        Files.writeString(sec1, "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----\n");
        assertThatThrownBy(() -> ask(jwtBearer(sec1, "", "")))
                .hasMessageContaining(sec1.toString())
                .hasMessageContaining("-----BEGIN PRIVATE KEY-----")
                .hasMessageNotContaining("MHcCAQEE");

        Path elliptic = pem(ellipticPair().getPrivate());
        assertThatThrownBy(() -> ask(jwtBearer(elliptic, "", ""))).hasMessageContaining(elliptic + " is no RSA key");
    }

    @Test
    void a_key_store_given_as_pem_and_pem_given_as_a_key_store_are_told_by_name() throws Exception {
        Path keystore = keystore("one");
        Path named = Files.copy(keystore, folder.resolve("salesforce.pem"));
        Path talkdesk = Files.copy(keystore, folder.resolve("talkdesk.key"));
        Path pem = Files.move(pem(ellipticPair().getPrivate()), folder.resolve("key.p12"));

        for (Grant grant : List.of(jwtBearer(named, "changeit", ""), privateKeyJwt(talkdesk))) {
            assertThatThrownBy(grant::check)
                    .hasMessageContaining("no PEM in " + folder)
                    .hasMessageContaining("it is a key store (PKCS #12 or JKS) or a key in DER")
                    .hasMessageContaining("openssl pkcs12");
        }
        assertThatThrownBy(jwtBearer(pem, "changeit", "")::check)
                .hasMessage("no key store in " + pem + ": it is PEM; give a PEM file a name that ends in .pem or .key");
    }

    @Test
    void the_one_key_is_taken_from_a_key_store_that_has_a_certificate_of_a_ca_too() throws Exception {
        Path keystore = keystore("one");
        KeyStore store = KeyStore.getInstance(keystore.toFile(), "changeit".toCharArray());
        store.setCertificateEntry("aa-root-ca", store.getCertificate("one"));
        save(store, keystore);

        ask(jwtBearer(keystore, "changeit", ""));

        assertBearer(publicKey(keystore, "one"));
        store.deleteEntry("one");
        save(store, keystore);
        assertThatThrownBy(jwtBearer(keystore, "changeit", "")::check)
                .hasMessage("no private key in " + keystore + " (it has only certificates: [aa-root-ca])");
    }

    @Test
    void an_alias_that_is_none_of_a_key_is_told_with_those_that_are() throws Exception {
        Path keystore = keystore("one", "two");

        assertThatThrownBy(jwtBearer(keystore, "changeit", "three")::check)
                .hasMessage("no private key three in " + keystore + " (it has the keys [one, two])");
    }

    @ParameterizedTest
    @CsvSource({"secp384r1,P-384", "secp521r1,P-521"})
    void a_key_of_another_curve_is_told(String curve, String name) throws Exception {
        KeyPairGenerator elliptic = KeyPairGenerator.getInstance("EC");
        elliptic.initialize(new ECGenParameterSpec(curve));
        Path key = pem(elliptic.generateKeyPair().getPrivate());

        assertThatThrownBy(privateKeyJwt(key)::check)
                .hasMessage("the key in " + key + " is of the curve " + name
                        + "; ES256 needs P-256 (prime256v1, secp256r1)");
    }

    @Test
    void a_key_of_another_kind_or_size_is_told() throws Exception {
        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
        rsa.initialize(1024);
        Path small = pem(rsa.generateKeyPair().getPrivate());
        assertThatThrownBy(jwtBearer(small, "", "")::check)
                .hasMessage("the key in " + small + " is RSA with 1024 bits; RS256 needs 2048 bits or more");
        assertThatThrownBy(privateKeyJwt(small)::check)
                .hasMessage("the key in " + small + " is no EC key but RSA; ES256 needs the curve P-256 (prime256v1,"
                        + " secp256r1)");

        Path edwards =
                pem(KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate());
        assertThatThrownBy(privateKeyJwt(edwards)::check).hasMessageContaining("is no EC key but EdDSA");
        assertThatThrownBy(jwtBearer(edwards, "", "")::check).hasMessageContaining("is no RSA key but EdDSA");
    }

    @Test
    void what_a_pem_file_has_instead_of_a_key_is_told() throws Exception {
        Path file = folder.resolve("other.pem");
        Files.writeString(
                file,
                "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n-----BEGIN ENCRYPTED PRIVATE KEY-----\n");
        assertThatThrownBy(privateKeyJwt(file)::check)
                .hasMessageContaining("(it has CERTIFICATE, ENCRYPTED PRIVATE KEY)");

        Files.writeString(file, "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n");
        assertThatThrownBy(privateKeyJwt(file)::check).hasMessageContaining("the key in " + file + " cannot be read");

        Files.write(file, new byte[0]);
        assertThatThrownBy(privateKeyJwt(file)::check).hasMessageContaining("no unencrypted PKCS #8 key");
    }

    private static PrivateKeyJwt privateKeyJwt(Path key) {
        return new PrivateKeyJwt("the-client", "key-7", key, "");
    }

    private static void save(KeyStore store, Path file) throws Exception {
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, "changeit".toCharArray());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"4711", "true", "a\"b", "a'b", "a,b", "a)b", "#a", " a ", "a+b%20c", "{{a}}"})
    void every_secret_goes_as_it_is(String secret) {
        ask(ClientCredentials.inForm("an-id", new Secret(secret)));

        assertThat(asked().form()).containsEntry("client_secret", secret);
    }

    private void ask(Grant grant) {
        new AccessTokens(
                        URI.create(endpoint.url()),
                        grant,
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(15),
                        Duration.ZERO,
                        clock,
                        Outbound.direct(),
                        Instances.NONE)
                .token();
    }

    private TokenEndpoint.Request asked() {
        return endpoint.requests.get(endpoint.requests.size() - 1);
    }

    private void assertBearer(RSAPublicKey key) throws Exception {
        Map<String, String> form = asked().form();
        assertThat(form)
                .containsOnlyKeys("grant_type", "assertion")
                .containsEntry("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
        SignedJWT jwt = SignedJWT.parse(form.get("assertion"));
        assertThat(jwt.verify(new RSASSAVerifier(key))).isTrue();
        assertThat(jwt.getHeader().getAlgorithm().getName()).isEqualTo("RS256");
        var claims = jwt.getJWTClaimsSet();
        assertThat(claims.getIssuer()).isEqualTo("the-client");
        assertThat(claims.getSubject()).isEqualTo("sync@acme.example");
        assertThat(claims.getAudience()).containsExactly("https://login.salesforce.com");
        assertThat(claims.getExpirationTime())
                .isAfter(Date.from(NOW))
                .isBeforeOrEqualTo(Date.from(NOW.plus(Duration.ofMinutes(3))));
    }

    private static JwtBearer jwtBearer(Path keystore, String password, String alias) {
        return new JwtBearer(
                "the-client",
                new JwtSettings(
                        "sync@acme.example",
                        keystore.toString(),
                        new Secret(password),
                        alias,
                        URI.create("https://login.salesforce.com")));
    }

    private static KeyPair ellipticPair() throws Exception {
        KeyPairGenerator elliptic = KeyPairGenerator.getInstance("EC");
        elliptic.initialize(new ECGenParameterSpec("secp256r1"));
        return elliptic.generateKeyPair();
    }

    private Path pem(PrivateKey key) throws IOException {
        String body = Base64.getMimeEncoder().encodeToString(key.getEncoded());
        return Files.writeString(
                folder.resolve("key.pem"), "-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n");
    }

    /** A keystore can only be written with certificates, and only keytool makes those. */
    private Path keystore(String... aliases) throws Exception {
        Path file = folder.resolve("keys.p12");
        for (String alias : aliases) {
            String keytool =
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
            Process made = new ProcessBuilder(
                            keytool,
                            "-genkeypair",
                            "-alias",
                            alias,
                            "-keyalg",
                            "RSA",
                            "-keysize",
                            "2048",
                            "-dname",
                            "CN=test",
                            "-keystore",
                            file.toString(),
                            "-storepass",
                            "changeit",
                            "-storetype",
                            "PKCS12")
                    .redirectErrorStream(true)
                    .start();
            String said = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(made.waitFor()).as(said).isZero();
        }
        return file;
    }

    private static RSAPublicKey publicKey(Path keystore, String alias) throws Exception {
        var store = java.security.KeyStore.getInstance(keystore.toFile(), "changeit".toCharArray());
        return (RSAPublicKey) store.getCertificate(alias).getPublicKey();
    }
}
