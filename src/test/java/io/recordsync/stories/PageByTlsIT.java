package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.Secrets;
import io.recordsync.simulator.salesforce.ContactIds;
import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page, the API and health by TLS, from a key store. */
@Tag("long")
class PageByTlsIT {

    private static final String LIST = "5f1c7a2e-715e-4a7e-9b2f-aaaaaaaaaaaa";
    private static final String PASSWORD = Secrets.keep("the password of the key store");

    @TempDir
    Path folder;

    @Test
    void all_that_is_served_is_served_by_tls_and_health_says_when_the_certificate_expires() throws Exception {
        TestCa ca = new TestCa();
        Path store = ca.keystore(folder.resolve("page.p12"), "PKCS12", PASSWORD, 0, 12);
        try (SalesforceSimulator salesforce = SalesforceSimulator.start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start()) {
            talkdesk.addList(LIST, "EXTERNAL");
            try (Service service = new Service(folder, salesforce, talkdesk, LIST)
                    .with("ops.tls.keystore", store.toString())
                    .with("ops.tls.keystore-password", PASSWORD)
                    .with("ops.password", "a password of the page")
                    .with("health.expiry-warning", "1h")
                    .as("operator", "a password of the page")
                    .byTls(ca.client())
                    .startSubscribed()) {
                String page = "https://127.0.0.1:" + service.port() + "/";
                service.await("it says where the page is", () -> service.log().contains("page on " + page));
                List<String> contacts = List.of(ContactIds.next());
                talkdesk.addRecords(LIST, "salesforce", contacts);
                salesforce.publishDelete(contacts);
                talkdesk.awaitGone(LIST, contacts);
                assertThat(service.text("/")).contains("salesforce-talkdesk-sync");
                assertThat(service.text("/observe/metrics")).contains("recordsync_build_info");
                assertThat(service.answer("/observe/health").statusCode()).isEqualTo(200);
                assertThat(service.post("/api/pause", "{}").statusCode()).isEqualTo(200);
                Path probe = probe();
                assertThat(live(probe, service, System.getenv("PATH"))).isZero();
                assertThat(live(probe, service, pathWithoutCurl())).isZero();

                service.terminate();
                assertThat(live(probe, service, pathWithoutCurl())).isNotZero();
                service.with("health.expiry-warning", "24h").start();
                service.await("it says that the certificate expires", Duration.ofSeconds(30), () -> service.text(
                                "/observe/health?exposureLevel=full")
                        .contains("The certificate of the page (ops.tls.keystore) expires at "));
                assertThat(service.answer("/observe/health").statusCode()).isEqualTo(503);
                service.terminate();

                service.with("ops.tls.keystore-password", Secrets.keep("not the password of it"))
                        .launch();
                assertThat(service.awaitEnd()).isEqualTo(1);
                assertThat(service.log())
                        .contains("ops.tls.keystore (OPS_TLS_KEYSTORE) = " + store
                                + ": ops.tls.keystore-password is not its password");
            }
        }
    }

    /** As the health check of the image asks: where curl is, and where nothing is but Java. */
    private static int live(Path probe, Service service, String path) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("/bin/bash", probe.toString()).inheritIO();
        builder.environment().putAll(service.environment());
        builder.environment().put("PATH", path);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    /** Where it lies in the zip. */
    private Path probe() throws IOException {
        Files.createDirectories(folder.resolve("lib"));
        Files.createSymbolicLink(folder.resolve("lib").resolve(Service.JAR.getFileName()), Service.JAR);
        return Files.copy(
                Path.of("ops/live"),
                Files.createDirectory(folder.resolve("ops")).resolve("live"));
    }

    private String pathWithoutCurl() throws IOException {
        Path bin = Files.createDirectories(folder.resolve("bin"));
        if (Files.notExists(bin.resolve("dirname"))) {
            Files.createSymbolicLink(bin.resolve("dirname"), Path.of("/usr/bin/dirname"));
        }
        return bin.toString();
    }
}
