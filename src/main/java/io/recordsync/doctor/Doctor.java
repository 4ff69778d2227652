package io.recordsync.doctor;

import io.recordsync.doctor.Finding.Level;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Examines both ends beside a service that has just started, once, and logs what has to be fixed. */
public final class Doctor {

    private static final Logger LOG = LoggerFactory.getLogger(Doctor.class);

    private final List<Exam> exams;

    public Doctor(Exam salesforce, Exam talkdesk) {
        exams = List.of(salesforce, talkdesk);
    }

    /** What is merely down at this moment is a warning too: health reports it while it lasts. */
    public void examine() {
        Findings findings = new Findings();
        exams.forEach(exam -> exam.examine(findings));
        findings.all().stream()
                .filter(finding -> finding.level() == Level.WARN || finding.level() == Level.FAIL)
                .forEach(finding -> LOG.warn("Examined at the start: {}: {}", finding.check(), finding.words()));
    }
}
