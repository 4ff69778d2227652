package io.recordsync.config;

/**
 * Where the log goes besides stdout, and how its lines are written.
 *
 * @param file empty where it goes to stdout alone
 */
public record LogSettings(String file, LogFormat format) {}
