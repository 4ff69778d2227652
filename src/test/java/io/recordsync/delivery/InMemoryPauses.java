package io.recordsync.delivery;

import io.recordsync.inbox.Pauses;
import java.time.Instant;
import java.util.Optional;

/** A pause that several gates may share, as those of the processes of one database do. */
public final class InMemoryPauses implements Pauses {

    private volatile Optional<Pause> pause = Optional.empty();

    @Override
    public void pause(String user) {
        pause = Optional.of(new Pause(Instant.parse("2026-03-01T11:00:00Z"), user));
    }

    @Override
    public void resume() {
        pause = Optional.empty();
    }

    @Override
    public Optional<Pause> look() {
        return pause;
    }
}
