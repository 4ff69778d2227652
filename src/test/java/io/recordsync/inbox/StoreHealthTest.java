package io.recordsync.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Codes are those of PostgreSQL's manual, appendix A, and of SQLite's "Result and Error Codes". */
class StoreHealthTest {

    @ParameterizedTest
    @CsvSource({
        "53100, 0,  true", // disk_full
        "58030, 0,  true", // io_error
        "XX001, 0,  true", // data_corrupted
        "28P01, 0,  true", // invalid_password
        "42501, 0,  true", // insufficient_privilege
        "08001, 0,  false", // cannot connect
        "57P01, 0,  false", // admin_shutdown
        "57P03, 0,  false", // cannot_connect_now
        "53300, 0,  false", // too_many_connections
        "40P01, 0,  false", // deadlock_detected
        "55P03, 0,  false", // lock_not_available
        ",      13, true", // SQLITE_FULL
        ",      8,  true", // SQLITE_READONLY
        ",      10, true", // SQLITE_IOERR
        ",      778, true", // SQLITE_IOERR_WRITE
        ",      11, true", // SQLITE_CORRUPT
        ",      14, true", // SQLITE_CANTOPEN
        ",      26, true", // SQLITE_NOTADB
        ",      5,  false", // SQLITE_BUSY
        ",      19, false" // SQLITE_CONSTRAINT
    })
    void a_person_is_needed_where_waiting_does_not_help(String state, int code, boolean person) {
        SQLException failure = new SQLException("it failed", state, code);

        assertThat(StoreHealth.needsPerson(failure)).isEqualTo(person);
        // As the pool wraps what hinders it to connect.
        assertThat(StoreHealth.needsPerson(new SQLTransientConnectionException("no connection", failure)))
                .isEqualTo(person);
    }

    @Test
    void each_act_answers_for_itself() {
        StoreHealth health = new StoreHealth();
        health.failed("accept", new SQLException("the disk is full"));
        health.failed("settle", new SQLException("the disk is full, too"));

        health.succeeded("settle");
        health.succeeded("heartbeat");

        assertThat(health.trouble()).contains("accept failed: the disk is full");
        health.succeeded("accept");
        assertThat(health.trouble()).isEmpty();
    }
}
