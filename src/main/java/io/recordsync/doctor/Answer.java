package io.recordsync.doctor;

import io.recordsync.network.Looks;
import java.time.Duration;
import java.util.Optional;

/**
 * What a question was answered with.
 *
 * @param location where a redirect points to; null where there is none
 * @param ahead how far the other end's clock is ahead of ours; empty where the answer has no Date
 */
public record Answer(int status, String body, String location, Optional<Duration> ahead) {

    /** What it was, where it is not the other end's own. */
    public String looks() {
        return Looks.of(status, null, location, body);
    }
}
