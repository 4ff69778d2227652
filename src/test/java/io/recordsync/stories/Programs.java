package io.recordsync.stories;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The programs of the machine that some tests use: a proxy, a browser, a checker of alerts.
 *
 * <p>Where one is not installed its tests are skipped, and say so. {@code .ci/run} installs them all and sets {@code
 * RECORDSYNC_ALL_TESTS=1}: there a program that is not found is a failure.
 */
public final class Programs {

    private Programs() {}

    /** @return the path of the program; else the test, or all tests of the class from a {@code @BeforeAll}, ends here */
    public static Path require(String program) {
        // Servers of Debian's packages are where a user's path may not lead.
        return Arrays.stream((System.getenv("PATH") + File.pathSeparator + "/usr/sbin").split(File.pathSeparator))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseGet(() -> missing(program));
    }

    /** Likewise, of one that is on no {@code PATH}. */
    static Path require(Path program) {
        return Files.isExecutable(program) ? program : missing(program.toString());
    }

    private static Path missing(String program) {
        String message = program + " is not installed (.ci/run installs it)";
        if ("1".equals(System.getenv("RECORDSYNC_ALL_TESTS"))) {
            throw new AssertionError(message + ", and RECORDSYNC_ALL_TESTS=1 lets no test be skipped");
        }
        return abort(message);
    }
}
