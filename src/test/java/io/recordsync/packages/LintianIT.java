package io.recordsync.packages;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.packages.Command.Ended;
import io.recordsync.stories.Programs;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What lintian says of the Debian package: nothing that is not overridden, each override with its reason. */
@Tag("packages")
@Timeout(600)
class LintianIT {

    private static final Path DEB = Path.of("target/salesforce-talkdesk-sync.deb");
    private static final Path OVERRIDES = Path.of("src/deb/lintian-overrides");

    @TempDir
    Path folder;

    @Test
    void lintian_has_no_error_and_no_warning_that_is_not_overridden_with_a_reason() throws Exception {
        Ended ended = lintian(DEB);

        assertThat(ended.exitCode()).as(ended.said()).isZero();
        assertThat(Files.readAllLines(OVERRIDES))
                .as("first the reason, then what it is a reason for")
                .first()
                .asString()
                .startsWith("# ");
    }

    /** Else it would be silent of whatever it is asked. */
    @Test
    void a_new_mistake_is_found_beside_what_is_overridden() throws Exception {
        Path unpacked = folder.resolve("unpacked");
        Command.of("dpkg-deb", "-R", DEB.toString(), unpacked.toString()).run();
        Files.writeString(unpacked.resolve("usr/bin/another"), "echo no first line\n");
        Command.of("chmod", "0777", unpacked.resolve("usr/bin/another").toString())
                .run();
        Files.delete(unpacked.resolve("usr/share/lintian/overrides/salesforce-talkdesk-sync"));
        Path deb = folder.resolve("salesforce-talkdesk-sync.deb");
        Command.of("dpkg-deb", "--root-owner-group", "-Znone", "-b", unpacked.toString(), deb.toString())
                .run();

        Ended ended = lintian(deb);

        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.said())
                .contains("executable-not-elf-or-script [usr/bin/another]", "E: salesforce-talkdesk-sync: no-changelog")
                .contains("codeless-jar [usr/share/salesforce-talkdesk-sync/lib/uplot-");
    }

    private static Ended lintian(Path deb) throws Exception {
        Programs.require("lintian");
        return Command.of(
                        "lintian",
                        "--allow-root",
                        "--fail-on",
                        "error,warning",
                        "--tag-display-limit",
                        "0",
                        deb.toString())
                .tryRun();
    }
}
