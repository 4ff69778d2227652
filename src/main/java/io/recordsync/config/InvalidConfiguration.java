package io.recordsync.config;

import java.util.List;

/** The configuration has mistakes: one line for each, with the key, its value unless it is a secret, and the form expected. */
public final class InvalidConfiguration extends IllegalArgumentException {

    private final transient List<String> mistakes;

    public InvalidConfiguration(List<String> mistakes) {
        super(String.join("\n", mistakes));
        this.mistakes = List.copyOf(mistakes);
    }

    public List<String> mistakes() {
        return mistakes;
    }
}
