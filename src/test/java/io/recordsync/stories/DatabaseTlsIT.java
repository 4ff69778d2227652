package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A PostgreSQL whose certificate a company's own authority signed. */
@Tag("servers")
class DatabaseTlsIT {

    private static final String LIST = "5f1c7a2e-9393-4a7e-9b2f-aaaaaaaaaaaa";

    @TempDir
    Path folder;

    @Test
    void the_server_is_proven_by_the_authority_of_the_url_and_what_proves_nothing_ends_the_start() throws Exception {
        TestCa company = new TestCa();
        Path bundle = company.bundle(folder.resolve("company.pem"));
        Path others = new TestCa().bundle(folder.resolve("others.pem"));
        Path certificates = DebianPostgres.newFolder();
        try (DebianPostgres postgres = DebianPostgres.start();
                SalesforceSimulator salesforce = SalesforceSimulator.start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start();
                Service service = new Service(folder, salesforce, talkdesk, LIST)) {
            talkdesk.addList(LIST, "EXTERNAL");
            List<String> contacts = salesforce.createContacts(10);
            talkdesk.addRecords(LIST, "salesforce", contacts);
            service.with("store.user", "postgres");

            assertRefused(
                    service,
                    url(postgres, "sslmode=verify-full&sslrootcert=" + bundle),
                    "the server takes no TLS, which sslmode=verify-full in store.url asks for",
                    "ssl = on");

            company.serverFiles(certificates, InetAddress.getByName("127.0.0.1"));
            show(postgres, certificates);
            service.with("store.url", url(postgres, "sslmode=verify-full&sslrootcert=" + bundle))
                    .startSubscribed();
            salesforce.publishDelete(contacts);
            talkdesk.awaitGone(LIST, contacts);
            service.await("all are settled", () -> service.count("deleted") == contacts.size());
            assertThat(postgres.ask("select string_agg(distinct ssl::text, ' ') from pg_stat_ssl join pg_stat_activity"
                            + " using (pid) where client_addr is not null and pid <> pg_backend_pid()"))
                    .isEqualTo("true");
            assertThat(Command.run(service.environment(), "doctor").out().lines())
                    .anyMatch(line -> line.startsWith("ok   | store"));
            assertThat(service.terminate()).isZero();

            assertRefused(
                    service,
                    url(postgres, "sslmode=verify-full&sslrootcert=" + others),
                    "sslrootcert=" + others,
                    "name the PEM file of the CA that signed it");
            Path missing = folder.resolve("no.pem");
            assertRefused(
                    service,
                    url(postgres, "sslmode=verify-full&sslrootcert=" + missing),
                    "sslrootcert=" + missing,
                    "no such file (expected the PEM file of the CA");
            company.serverFiles(certificates, InetAddress.getByName("127.0.0.2"));
            show(postgres, certificates);
            assertRefused(
                    service,
                    url(postgres, "sslmode=verify-full&sslrootcert=" + bundle),
                    "another name than the host in store.url, which sslmode=verify-full compares",
                    "name the host as the certificate does");

            // A server that is away is no mistake, whatever is asked of it.
            service.with(
                            "store.url",
                            "jdbc:postgresql://127.0.0.1:1/postgres?sslmode=verify-full&sslrootcert=" + bundle)
                    .launch();
            assertThat(service.awaitEnd()).isEqualTo(75);
        }
    }

    private static String url(DebianPostgres postgres, String parameters) {
        return postgres.url() + "?" + parameters;
    }

    private static void show(DebianPostgres postgres, Path certificates) throws Exception {
        DebianPostgres.own(certificates);
        postgres.execute("alter system set ssl_cert_file = '" + certificates.resolve("server.crt") + "'");
        postgres.execute("alter system set ssl_key_file = '" + certificates.resolve("server.key") + "'");
        postgres.execute("alter system set ssl = on");
        postgres.execute("select pg_reload_conf()");
    }

    /** It is a mistake that waiting does not heal. */
    private static void assertRefused(Service service, String url, String... words) throws Exception {
        int before = service.log().length();
        service.with("store.url", url).launch();
        assertThat(service.awaitEnd()).isEqualTo(1);
        String doctor = Command.run(service.environment(), "doctor").out();
        assertThat(service.log().substring(before).lines().filter(line -> line.startsWith("The start failed")))
                .singleElement()
                .asString()
                .contains(words);
        assertThat(doctor.lines().filter(line -> line.contains("| store")))
                .singleElement()
                .asString()
                .startsWith("fail")
                .contains(words);
    }
}
