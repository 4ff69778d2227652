package io.recordsync.inbox;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** A data source that notes each statement that is executed, and fails where it is told to. */
final class FaultyDataSource {

    private FaultyDataSource() {}

    static final class Faults {
        final List<String> executed = new CopyOnWriteArrayList<>();
        /** Transactions that happened. */
        final AtomicInteger commits = new AtomicInteger();

        private final AtomicBoolean answerLost = new AtomicBoolean();
        private volatile String failing;
        private volatile String state;

        /** Every statement with these words fails from now on. */
        void failOn(String words) {
            failOn(words, null);
        }

        /** Likewise, with this SQLSTATE. */
        void failOn(String words, String sqlState) {
            state = sqlState;
            failing = words;
        }

        /** The next commit happens, and its answer is lost. */
        void loseAnswerOfNextCommit() {
            answerLost.set(true);
        }

        void heal() {
            failing = null;
            answerLost.set(false);
        }
    }

    static DataSource of(DataSource source, Faults faults) {
        return proxy(DataSource.class, source, (method, arguments) -> {
            Object result = call(source, method, arguments);
            return result instanceof Connection connection ? of(connection, faults) : result;
        });
    }

    private static Connection of(Connection connection, Faults faults) {
        return proxy(Connection.class, connection, (method, arguments) -> {
            Object result = call(connection, method, arguments);
            if (method.getName().equals("commit")) {
                faults.commits.incrementAndGet();
                if (faults.answerLost.compareAndSet(true, false)) {
                    throw new SQLException("the answer is lost");
                }
            }
            return result instanceof PreparedStatement statement
                    ? of(statement, (String) arguments[0], faults)
                    : result;
        });
    }

    private static PreparedStatement of(PreparedStatement statement, String sql, Faults faults) {
        return proxy(PreparedStatement.class, statement, (method, arguments) -> {
            if (method.getName().startsWith("execute")) {
                faults.executed.add(sql);
                if (faults.failing != null && sql.contains(faults.failing)) {
                    throw new SQLException("the database is away", faults.state);
                }
            }
            return call(statement, method, arguments);
        });
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

    private static <T> T proxy(Class<T> type, Object target, Call call) {
        InvocationHandler handler = (proxy, method, arguments) -> call.of(method, arguments);
        return type.cast(Proxy.newProxyInstance(target.getClass().getClassLoader(), new Class<?>[] {type}, handler));
    }
}
