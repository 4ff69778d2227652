package io.recordsync.doctor;

import java.time.Duration;
import java.util.Optional;

/**
 * What a question was answered with.
 *
 * @param ahead how far the other end's clock is ahead of ours; empty where the answer has no Date
 */
public record Answer(int status, String body, Optional<Duration> ahead) {}
