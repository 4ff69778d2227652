package io.recordsync.stories;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.simulator.salesforce.SalesforceSimulator;
import io.recordsync.simulator.talkdesk.TalkdeskSimulator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file of users that Debian's htpasswd writes, and changes while the service runs. */
@Tag("servers")
class HtpasswdIT {

    private static final String LIST = "5f1c7a2e-4a5d-4a7e-9b2f-aaaaaaaaaaaa";

    @TempDir
    Path folder;

    @Test
    void whom_htpasswd_adds_changes_and_removes_is_known_with_that_password_and_gone() throws Exception {
        String file = folder.resolve("users").toString();
        htpasswd("-cbB", file, "ada", "first of ada");
        htpasswd("-bB", "-C", "10", file, "bob", "abcdefghij".repeat(8));
        htpasswd("-bB", "-C", "4", file, "cal", "abcdefghij".repeat(25));
        try (SalesforceSimulator salesforce = SalesforceSimulator.start();
                TalkdeskSimulator talkdesk = TalkdeskSimulator.start()) {
            talkdesk.addList(LIST, "EXTERNAL");
            try (Service service = new Service(folder, salesforce, talkdesk, LIST)
                    .with("ops.users", file)
                    .with("ops.viewers", "cal")
                    .as("ada", "first of ada")
                    .start()) {
                assertThat(asks(service, "bob", "abcdefghij".repeat(8))).isEqualTo(200);
                assertThat(asks(service, "bob", "abcdefghij".repeat(7))).isEqualTo(401);
                assertThat(asks(service, "cal", "abcdefghij".repeat(25))).isEqualTo(200);

                htpasswd("-bB", file, "ada", "another of ada");
                service.await("the new password is right", () -> asks(service, "ada", "another of ada") == 200);
                assertThat(asks(service, "ada", "first of ada")).isEqualTo(401);

                htpasswd("-D", file, "bob");
                service.await("bob is out", () -> asks(service, "bob", "abcdefghij".repeat(8)) == 401);
                assertThat(asks(service, "ada", "another of ada")).isEqualTo(200);
                assertThat(service.log()).doesNotContain("ERROR");
            }
        }
    }

    private static int asks(Service service, String user, String password) throws IOException {
        return service.as(user, password).answer("/api/status").statusCode();
    }

    private static void htpasswd(String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of(Programs.require("htpasswd").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(said).isZero();
    }
}
