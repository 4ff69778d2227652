package io.recordsync.doctor;

/**
 * One part of the examination.
 *
 * <p>It changes nothing, and what keeps it from going on is a finding and no exception.
 */
public interface Exam {

    void examine(Findings findings);
}
