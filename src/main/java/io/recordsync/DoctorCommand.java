package io.recordsync;

import io.recordsync.config.Configuration;
import io.recordsync.doctor.Finding;
import io.recordsync.doctor.Finding.Level;
import io.recordsync.doctor.Findings;
import java.io.PrintStream;
import java.util.List;

/**
 * The command {@code doctor}: examines whether the service could do its work, and prints a line for each check.
 *
 * <p>It deletes nothing and changes nothing but that it sends a test message where that is wished for, and may be run beside the service. Exit codes: 0; 1 when a check failed.
 */
final class DoctorCommand {

    private DoctorCommand() {}

    /**
     * @param sendsTest whether a test is sent to the webhook of alerts
     * @return the exit code
     */
    static int run(boolean sendsTest) {
        PrintStream out = System.out;
        // What is logged must not stand in the table.
        System.setOut(System.err);
        Configuration configuration = Configuration.read();
        List<String> mistakes = configuration.mistakes();
        List<Finding> found = mistakes.isEmpty() ? examine(configuration, sendsTest) : refuse(mistakes);
        found.forEach(out::println);
        return found.stream().anyMatch(finding -> finding.level() == Level.FAIL) ? 1 : 0;
    }

    private static List<Finding> refuse(List<String> mistakes) {
        Findings findings = new Findings();
        mistakes.forEach(mistake -> findings.fail("configuration", mistake));
        findings.skip("all else", "because the configuration has mistakes");
        return findings.all();
    }

    private static List<Finding> examine(Configuration configuration, boolean sendsTest) {
        Findings findings = new Findings();
        findings.ok("configuration", "every key has its form");
        configuration.notices().forEach(notice -> findings.warn("configuration", notice));
        Wiring.exams(configuration.settings(), sendsTest).forEach(exam -> exam.examine(findings));
        return findings.all();
    }
}
