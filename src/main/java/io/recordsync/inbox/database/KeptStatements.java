package io.recordsync.inbox.database;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.sql.DataSource;

/**
 * Connections that keep what they have prepared: SQLite's driver compiles each statement anew, with the triggers that it fires, and
 * for a hundred rows that took as long as half of them.
 *
 * <p>A statement that is closed waits for the next one of the same text, without parameters; one that has failed is not kept. PostgreSQL's
 * driver does the same by itself.
 */
final class KeptStatements extends ConnectionSource {

    /** Of a connection: more than a deletion needs from its arrival to its end. */
    static final int MAX_KEPT = 64;

    private final DataSource source;

    KeptStatements(DataSource source) {
        this.source = source;
    }

    @Override
    public Connection getConnection() throws SQLException {
        return proxy(Connection.class, new Keeper(source.getConnection()));
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(KeptStatements.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static Object pass(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** A connection, which one thread at a time uses. */
    private static final class Keeper implements InvocationHandler {

        private final Connection connection;
        /** Those that nobody uses, the one that was used last at the end. */
        private final Map<String, PreparedStatement> idle = new LinkedHashMap<>();

        Keeper(Connection connection) {
            this.connection = connection;
        }

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
            switch (method.getName()) {
                case "prepareStatement":
                    return arguments.length == 1 ? prepare((String) arguments[0]) : pass(connection, method, arguments);
                case "equals":
                    return proxy == arguments[0];
                case "unwrap":
                    return ((Class<?>) arguments[0]).isInstance(proxy) ? proxy : pass(connection, method, arguments);
                case "close", "abort":
                    // The driver finalizes what it has prepared.
                    idle.clear();
                    return pass(connection, method, arguments);
                default:
                    return pass(connection, method, arguments);
            }
        }

        private PreparedStatement prepare(String text) throws SQLException {
            PreparedStatement kept = idle.remove(text);
            PreparedStatement statement = kept == null ? connection.prepareStatement(text) : kept;
            return proxy(PreparedStatement.class, new Lent(this, text, statement));
        }

        private void giveBack(String text, PreparedStatement statement) throws SQLException {
            statement.clearParameters();
            PreparedStatement other = idle.put(text, statement);
            if (other != null) {
                other.close();
            }
            if (idle.size() > MAX_KEPT) {
                String oldest = idle.keySet().iterator().next();
                idle.remove(oldest).close();
            }
        }
    }

    /** A statement until it is closed. */
    private static final class Lent implements InvocationHandler {

        private final Keeper keeper;
        private final String text;
        private final PreparedStatement statement;
        private ResultSet rows;
        private boolean closed;
        private boolean failed;

        Lent(Keeper keeper, String text, PreparedStatement statement) {
            this.keeper = keeper;
            this.text = text;
            this.statement = statement;
        }

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
            switch (method.getName()) {
                case "close":
                    close();
                    return null;
                case "isClosed":
                    return closed || statement.isClosed();
                case "equals":
                    return proxy == arguments[0];
                default:
                    if (closed) {
                        throw new SQLException("The statement is closed: " + text);
                    }
                    return passOn(method, arguments);
            }
        }

        private Object passOn(Method method, Object[] arguments) throws Throwable {
            try {
                Object result = pass(statement, method, arguments);
                if (result instanceof ResultSet given) {
                    rows = given;
                }
                return result;
            } catch (Throwable e) {
                failed = true;
                throw e;
            }
        }

        private void close() throws SQLException {
            if (closed) {
                return;
            }
            closed = true;
            // One that is not read to its end keeps what it reads locked.
            if (rows != null) {
                rows.close();
            }
            if (failed || statement.isClosed()) {
                statement.close();
            } else {
                keeper.giveBack(text, statement);
            }
        }
    }
}
