package io.recordsync.inbox;

import org.flywaydb.core.api.logging.Log;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Flyway's log, one level down: a migration that works is no news. */
final class QuietFlywayLog implements Log {

    private final Logger log;

    QuietFlywayLog(Class<?> source) {
        log = LoggerFactory.getLogger(source);
    }

    @Override
    public void debug(String message) {
        log.trace(message);
    }

    @Override
    public void info(String message) {
        log.debug(message);
    }

    @Override
    public void notice(String message) {
        log.debug(message);
    }

    @Override
    public void warn(String message) {
        log.warn(message);
    }

    @Override
    public void error(String message) {
        log.error(message);
    }

    @Override
    public void error(String message, Exception e) {
        log.error(message, e);
    }
}
