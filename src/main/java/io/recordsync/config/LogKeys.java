package io.recordsync.config;

import static io.recordsync.config.Form.text;
import static io.recordsync.config.Form.word;
import static io.recordsync.config.Table.rarely;

/** The keys of the log. They enter the table where {@link Keys} names them first. */
final class LogKeys {

    static final Key<String> FILE = rarely(
            "log.file",
            "",
            text(),
            "A file that the log goes to besides stdout; at 20 MB it is compressed and a new one begun, and nine of these are kept.");
    static final Key<LogFormat> FORMAT = rarely(
            "log.format",
            "text",
            word(LogFormat.class),
            "How a line of the log is written: for people, or as one JSON object (Elastic Common Schema) for a collector.");

    private LogKeys() {}
}
