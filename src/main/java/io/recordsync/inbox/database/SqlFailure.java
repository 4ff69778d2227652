package io.recordsync.inbox.database;

import java.io.IOException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.sql.SQLException;
import java.util.Set;
import java.util.stream.Stream;
import org.flywaydb.core.api.FlywayException;

/** What a failure of a database means for somebody who waits for it, by its SQLSTATE: its text is in the server's language. */
public final class SqlFailure {

    /** Two transactions met, and this one was rolled back as a whole: tried again it costs nothing. */
    private static final Set<String> CONFLICTS = Set.of("40001", "40P01");

    private static final String NO_SLOT = "53300";
    private static final String NOT_YET = "57P03";
    private static final String LOCKED = "55P03";
    private static final String FORBIDDEN = "42501";

    private SqlFailure() {}

    /** Whether the same transaction may well succeed at once. */
    public static boolean isConflict(SQLException e) {
        return CONFLICTS.contains(state(e));
    }

    /** Whether it may well succeed later without anybody doing anything here. */
    public static boolean mayPass(Throwable e) {
        return state(e).matches("08...|53...|55P03|57P0[123]|40...") || isWaitForMigration(e);
    }

    /** For a person, in a line. */
    static String words(Throwable e) {
        String text = e instanceof FlywayException && e.getCause() != null
                ? e.getCause().getMessage()
                : String.valueOf(e.getMessage());
        SQLException sql = sql(e);
        if (sql != null
                && sql.getCause() instanceof IOException why
                && !text.contains(String.valueOf(why.getMessage()))) {
            text += " (" + why + ")";
        }
        if (hasCause(e, CertificateExpiredException.class) || hasCause(e, CertificateNotYetValidException.class)) {
            return "the server's certificate is out of date, or this machine's clock is wrong: " + text;
        }
        return switch (state(e)) {
            case NO_SLOT -> "the server has no free slot for a connection; the service takes %s at most: "
                            .formatted(Postgresql.WRITERS + Database.READERS)
                    + text;
            case NOT_YET -> "the server is there and takes no connections now, because it starts or stops: " + text;
            case LOCKED -> "another session held a lock for longer than the start waits: " + text;
            case FORBIDDEN -> "the role lacks a right: " + text;
            default -> isWaitForMigration(e)
                    ? "another process has been bringing the schema up to date for longer than the start waits"
                    : text;
        };
    }

    private static boolean isWaitForMigration(Throwable e) {
        return e instanceof FlywayException && String.valueOf(e.getMessage()).contains("advisory lock");
    }

    private static String state(Throwable e) {
        SQLException sql = sql(e);
        return sql == null || sql.getSQLState() == null ? "" : sql.getSQLState();
    }

    private static boolean hasCause(Throwable e, Class<? extends Throwable> kind) {
        return Stream.iterate(e, link -> link != null, Throwable::getCause).anyMatch(kind::isInstance);
    }

    /** The innermost: what wraps it has states of its own. */
    private static SQLException sql(Throwable e) {
        SQLException found = null;
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                found = sql;
            }
        }
        return found;
    }
}
