package io.recordsync.packages;

import static org.assertj.core.api.Assertions.assertThat;

import io.recordsync.stories.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The unit of systemd by systemd's own examination, which needs no systemd that runs. */
class SystemdUnitTest {

    private static final Path UNIT = Path.of("ops/systemd/salesforce-talkdesk-sync.service");
    /** In tenths: what is left open to a service that is taken over, from 0 to 10. */
    private static final int MAX_EXPOSURE = 15;

    @TempDir
    Path folder;

    private String unit;

    @BeforeEach
    void read() throws IOException {
        Programs.require("systemd-analyze");
        // The program is not installed here, and a unit without its program is refused.
        unit = Files.readString(UNIT).replaceFirst("(?m)^ExecStart=\\S+", "ExecStart=/bin/sh");
    }

    @Test
    void systemd_accepts_it() throws Exception {
        assertThat(verify(unit)).isEmpty();
    }

    /** Without an option systemd-analyze reports such and accepts them. */
    @Test
    void a_misspelt_directive_value_or_group_of_calls_would_be_found() throws Exception {
        for (String misspelt : List.of(
                unit.replace("ProtectHome=yes", "ProtectHoem=yes"),
                unit.replace("ProtectHome=yes", "ProtectHome=yess"),
                unit.replace("@system-service", "@system-servise"))) {
            assertThat(misspelt).isNotEqualTo(unit);
            assertThat(verify(misspelt)).isNotEmpty();
        }
    }

    @Test
    void it_leaves_little_open() throws Exception {
        assertThat(exposureIsAbove(unit)).isFalse();
        assertThat(exposureIsAbove(unit.replace("ProtectSystem=strict", "").replace("PrivateUsers=yes", "")))
                .isTrue();
    }

    @Test
    void it_stops_later_than_the_service_and_restarts_what_a_restart_may_help() {
        assertThat(unit.lines())
                .contains(
                        "TimeoutStopSec=45",
                        "Restart=on-failure",
                        "RestartPreventExitStatus=1",
                        "SuccessExitStatus=143",
                        "UMask=0077")
                .noneMatch(line -> line.startsWith("MemoryDenyWriteExecute") || line.startsWith("ProcSubset"));
    }

    /** @return what it finds wrong */
    private String verify(String text) throws Exception {
        Command.Ended ran = run(text, "verify", "--recursive-errors=no");
        assertThat(ran.exitCode() == 0).as(ran.said()).isEqualTo(ran.said().isBlank());
        return ran.said().strip();
    }

    private boolean exposureIsAbove(String text) throws Exception {
        Command.Ended ran = run(text, "security", "--offline=true", "--no-pager", "--threshold=" + MAX_EXPOSURE);
        assertThat(ran.said()).contains("Overall exposure level");
        return ran.exitCode() != 0;
    }

    private Command.Ended run(String text, String... arguments) throws Exception {
        Path copy = Files.writeString(folder.resolve(UNIT.getFileName()), text);
        List<String> command = new ArrayList<>(List.of("env", "LC_ALL=C.UTF-8", "systemd-analyze"));
        command.addAll(List.of(arguments));
        command.add(copy.toString());
        return new Command(command).tryRun();
    }
}
