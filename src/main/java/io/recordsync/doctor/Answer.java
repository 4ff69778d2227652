package io.recordsync.doctor;

import java.time.Duration;
import java.util.Optional;

/**
 * What a question was answered with.
 *
 * @param ahead how far the other end's clock is ahead of ours; empty where the answer does not tell its time
 */
public record Answer(int status, String body, Optional<Duration> ahead) {}
