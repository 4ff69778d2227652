package io.recordsync.inbox;

/**
 * The database does not hold what a session wrote last: it has gone back in time, after a failover to a standby that lagged,
 * say, or because a backup was restored under the running service.
 *
 * <p>Another session begins when an act throws it.
 */
final class WentBackException extends RuntimeException {

    private final transient JdbcSession session;
    private final String id;

    /** @param id of the session at the time of the look */
    WentBackException(JdbcSession session, String id, String found) {
        super(found);
        this.session = session;
        this.id = id;
    }

    void beginAnew() {
        session.beginAnew(id, getMessage());
    }
}
