package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates that are not accepted: Java words most of them alike, and each has a cure of its own. */
@Tag("long")
class CertificatesIT {

    @TempDir
    Path folder;

    @Test
    void what_is_wrong_with_a_certificate_is_told_by_the_service_and_by_the_doctor() throws Exception {
        TestCa ca = new TestCa();
        check(ca, ca.expiredServer(), "has expired (CN=Simulator, on 20");
        check(ca, ca.serverOfBranch(false), "comes without that of its issuer (CN=Branch): the other end has to send");
        check(ca, ca.serverNamed("other.acme.example"), "is for another name (other.acme.example)");
        check(ca, new TestCa().server(), "is not trusted: its root (CN=Company network) is unknown here; ");
    }

    private void check(TestCa ca, SSLContext shown, String words) throws Exception {
        try (SalesforceSimulator salesforce =
                        SalesforceSimulator.builder().tls(shown).start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start(shown);
                Service service = new Service(folder.resolve("data"), salesforce, talkdesk, "list-1")) {
            String line = "the certificate that 127.0.0.1 shows " + words;
            service.with("salesforce.pubsub.plaintext", "false")
                    .with("oauth.timeout", "10s")
                    .with("salesforce.timeout", "10s")
                    .with("delivery.timeout", "10s")
                    .with("tls.ca-bundle", ca.bundle(folder.resolve("ca.pem")).toString())
                    .start();
            service.await("it is told", () -> service.status()
                    .at("/stream/lastError")
                    .asText()
                    .startsWith("No access token from 127.0.0.1: " + line));

            Command doctor = Command.run(service.environment(), "doctor");

            for (String check :
                    new String[] {"salesforce login", "salesforce clock", "talkdesk login", "talkdesk clock"}) {
                assertThat(doctor.out().lines())
                        .as(doctor.out())
                        .anyMatch(found -> found.contains("| " + check) && found.contains(line));
            }
            service.kill();
        }
    }
}
