package io.recordsync.inbox.database;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * Connections for Flyway, on which every statement is part of a transaction that began under our {@link PostgresqlSettings}.
 *
 * <p>Flyway runs much of its work outside of transactions and sets the search path for the session: behind a pooler one would run
 * under a stranger's time-outs, and the other would move a stranger into our schema. So a connection that is to commit by itself
 * commits after each statement instead.
 */
final class MigrationConnections extends ConnectionSource {

    /** As Flyway does it, for the session. */
    private static final String SET_SEARCH_PATH = "SELECT set_config('search_path', ?, false)";

    private static final Set<String> ENDS = Set.of("commit", "rollback");
    private static final Set<String> TOUCHES_NO_TRANSACTION =
            Set.of("isClosed", "isValid", "toString", "hashCode", "equals");

    private final String url;
    private final Properties properties;
    private final PostgresqlSettings settings;
    private final Set<Integer> pids = ConcurrentHashMap.newKeySet();

    MigrationConnections(String url, Properties properties, PostgresqlSettings settings) {
        this.url = url;
        this.properties = properties;
        this.settings = settings;
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = DriverManager.getConnection(url, properties);
        connection.setAutoCommit(false);
        // Whatever the URL says of it: the answer to a migration may take minutes.
        connection.setNetworkTimeout(Runnable::run, 0);
        return new Lent(connection).proxy();
    }

    /** The server's processes that have worked for it. */
    Set<Integer> pids() {
        return Set.copyOf(pids);
    }

    private final class Lent {

        private final Connection connection;
        private boolean begun;
        private boolean commitsByItself = true;

        Lent(Connection connection) {
            this.connection = connection;
        }

        Connection proxy() {
            return MigrationConnections.proxy(Connection.class, this::call);
        }

        private Object call(Method method, Object[] arguments) throws Throwable {
            String name = method.getName();
            if (name.equals("getAutoCommit")) {
                return commitsByItself;
            }
            if (name.equals("setAutoCommit")) {
                if (begun && (boolean) arguments[0] != commitsByItself) {
                    end(true);
                }
                commitsByItself = (boolean) arguments[0];
                return null;
            }
            if (name.equals("close") && begun) {
                end(false);
            }
            if (ENDS.contains(name)) {
                begun = false;
            } else if (!name.equals("close") && !TOUCHES_NO_TRANSACTION.contains(name)) {
                begin();
            }
            if (name.equals("prepareStatement") && SET_SEARCH_PATH.equals(arguments[0])) {
                // For this transaction only: each one has ours anyway.
                arguments[0] = SET_SEARCH_PATH.replace("false", "true");
            }
            Object result = MigrationConnections.call(connection, method, arguments);
            return result instanceof Statement statement ? proxyOf(statement, method.getReturnType()) : result;
        }

        private Object proxyOf(Statement statement, Class<?> type) {
            return MigrationConnections.proxy(type, (method, arguments) -> {
                if (!method.getName().startsWith("execute")) {
                    return MigrationConnections.call(statement, method, arguments);
                }
                begin();
                boolean done = false;
                try {
                    Object result = MigrationConnections.call(statement, method, arguments);
                    done = true;
                    return result;
                } finally {
                    if (commitsByItself) {
                        end(done);
                    }
                }
            });
        }

        private void begin() throws SQLException {
            if (!begun) {
                if (connection.unwrap(BaseConnection.class).getTransactionState() != TransactionState.IDLE) {
                    // Begun by the driver, for a question about the catalog.
                    connection.commit();
                }
                pids.add(settings.begin(connection).pid());
                begun = true;
            }
        }

        private void end(boolean commit) throws SQLException {
            begun = false;
            if (commit) {
                connection.commit();
            } else {
                connection.rollback();
            }
        }
    }

    private interface Call {
        Object of(Method method, Object[] arguments) throws Throwable;
    }

    private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, Call call) {
        InvocationHandler handler = (proxy, method, arguments) -> call.of(method, arguments);
        return type.cast(
                Proxy.newProxyInstance(MigrationConnections.class.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
