package io.recordsync;

import io.recordsync.config.Configuration;
import io.recordsync.deletion.DeliveryMode;
import io.recordsync.doctor.Exam;
import io.recordsync.doctor.Finding;
import io.recordsync.doctor.Finding.Level;
import io.recordsync.doctor.Findings;
import io.recordsync.doctor.StoreExam;
import io.recordsync.inbox.database.Database;
import io.recordsync.network.Outbound;
import io.recordsync.oauth.AccessTokens;
import io.recordsync.oauth.ClientCredentials;
import io.recordsync.oauth.Grant;
import io.recordsync.oauth.JwtBearer;
import io.recordsync.oauth.PrivateKeyJwt;
import io.recordsync.salesforce.SalesforceExam;
import io.recordsync.salesforce.stream.Topic;
import io.recordsync.talkdesk.TalkdeskExam;
import java.io.IOException;
import java.io.PrintStream;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The command {@code doctor}: examines whether the service could do its work, and prints a line for each check.
 *
 * <p>It deletes nothing and changes nothing, and may be run beside the service. Exit codes: 0; 1 when a check failed.
 */
final class DoctorCommand {

    private final Map<String, String> configuration;
    private final Map<String, String> millis;
    private final Findings findings = new Findings();

    private DoctorCommand(Configuration configuration) {
        this.configuration = configuration.values();
        this.millis = configuration.placeholders();
    }

    /** @return the exit code */
    static int run() {
        PrintStream out = System.out;
        // What is logged must not stand in the table.
        System.setOut(System.err);
        Configuration configuration = Configuration.read();
        List<String> mistakes = configuration.mistakes();
        List<Finding> found;
        if (mistakes.isEmpty()) {
            found = new DoctorCommand(configuration).examine();
        } else {
            Findings wrong = new Findings();
            mistakes.forEach(mistake -> wrong.fail("configuration", mistake));
            wrong.skip("all else", "because the configuration has mistakes");
            found = wrong.all();
        }
        found.forEach(out::println);
        return found.stream().anyMatch(finding -> finding.level() == Level.FAIL) ? 1 : 0;
    }

    private List<Finding> examine() {
        findings.ok("configuration", "every key has its form");
        for (Exam exam : List.of(new StoreExam(database()), salesforce(), talkdesk())) {
            exam.examine(findings);
        }
        return findings.all();
    }

    private Exam salesforce() {
        Grant grant;
        if (key("salesforce.auth").equals("jwt")) {
            JwtBearer jwt = new JwtBearer();
            jwt.setClientId(key("salesforce.client-id"));
            jwt.setUser(key("salesforce.jwt.user"));
            jwt.setAudience(key("salesforce.jwt.audience"));
            jwt.setKeystore(key("salesforce.jwt.keystore"));
            jwt.setKeystorePassword(key("salesforce.jwt.keystore-password"));
            jwt.setKeyAlias(key("salesforce.jwt.key-alias"));
            grant = jwt;
        } else {
            ClientCredentials secret = new ClientCredentials();
            secret.setClientId(key("salesforce.client-id"));
            secret.setClientSecret(key("salesforce.client-secret"));
            grant = secret;
        }
        Outbound outbound = outbound();
        return new SalesforceExam(
                outbound,
                tokens(key("salesforce.login-url") + "/services/oauth2/token", grant, outbound),
                key("salesforce.login-url"),
                new Topic(
                        outbound,
                        key("salesforce.pubsub.host"),
                        Integer.parseInt(key("salesforce.pubsub.port")),
                        Boolean.parseBoolean(key("salesforce.pubsub.plaintext")),
                        key("salesforce.channel")),
                key("salesforce.entities"),
                key("salesforce.api-version"),
                time("salesforce.timeout"));
    }

    private Exam talkdesk() {
        Grant grant;
        if (key("talkdesk.auth").equals("private-key-jwt")) {
            PrivateKeyJwt jwt = new PrivateKeyJwt();
            jwt.setClientId(key("talkdesk.client-id"));
            jwt.setKeyId(key("talkdesk.key-id"));
            jwt.setPrivateKey(key("talkdesk.private-key"));
            jwt.setScope(key("talkdesk.scope"));
            grant = jwt;
        } else {
            ClientCredentials secret = new ClientCredentials();
            secret.setClientId(key("talkdesk.client-id"));
            secret.setClientSecret(key("talkdesk.client-secret"));
            secret.setScope(key("talkdesk.scope"));
            secret.setBasic(true);
            grant = secret;
        }
        Outbound outbound = outbound();
        return new TalkdeskExam(
                outbound,
                tokens(key("talkdesk.token-url"), grant, outbound),
                key("talkdesk.api-url"),
                key("talkdesk.record-lists"),
                key("talkdesk.scope"),
                time("delivery.timeout"),
                probed());
    }

    /** The lists that are not in a dry run. */
    private String probed() {
        DeliveryMode mode = DeliveryMode.of(key("delivery.mode"), key("delivery.dry-run-lists"));
        return Arrays.stream(key("talkdesk.record-lists").split(","))
                .map(String::strip)
                .filter(list -> !mode.rehearses(list))
                .collect(Collectors.joining(","));
    }

    private Outbound outbound() {
        Outbound outbound = new Outbound();
        outbound.setHost(key("proxy.host"));
        outbound.setPort(Integer.parseInt(key("proxy.port")));
        outbound.setUser(key("proxy.user"));
        outbound.setPassword(key("proxy.password"));
        outbound.setNoProxy(key("proxy.no-proxy"));
        try {
            outbound.setCaBundle(key("tls.ca-bundle"));
        } catch (IOException | CertificateException e) {
            throw new IllegalStateException("tls.ca-bundle was readable a moment ago", e);
        }
        return outbound;
    }

    private AccessTokens tokens(String url, Grant grant, Outbound outbound) {
        return new AccessTokens(url, grant, time("oauth.timeout"), outbound);
    }

    private Database database() {
        return Database.at(key("store.url"), key("store.user"), key("store.password"));
    }

    private String key(String name) {
        return configuration.get(name);
    }

    private Duration time(String name) {
        return Duration.ofMillis(Long.parseLong(millis.get(name)));
    }
}
