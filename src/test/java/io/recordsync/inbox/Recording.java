package io.recordsync.inbox;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.sql.DataSource;

/** A data source that keeps each statement that is executed, with its parameters, to be explained later. */
final class Recording {

    private Recording() {}

    record Statement(String sql, List<Object> parameters) {}

    static DataSource of(DataSource source, List<Statement> statements) {
        return tapped(DataSource.class, source, statements);
    }

    private static <T> T tapped(Class<T> type, Object target, List<Statement> statements) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader() == null ? Recording.class.getClassLoader() : type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> {
                    Object result = call(target, method, arguments);
                    if (result instanceof PreparedStatement statement) {
                        return parameters(statement, (String) arguments[0], statements);
                    }
                    return result instanceof Connection ? tapped(Connection.class, result, statements) : result;
                }));
    }

    private static Object parameters(PreparedStatement target, String sql, List<Statement> statements) {
        List<Object> parameters = new ArrayList<>();
        return Proxy.newProxyInstance(
                Recording.class.getClassLoader(),
                new Class<?>[] {PreparedStatement.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("setObject")) {
                        parameters.add(arguments[1]);
                    } else if (method.getName().startsWith("execute")) {
                        statements.add(new Statement(sql, Collections.unmodifiableList(new ArrayList<>(parameters))));
                    }
                    return call(target, method, arguments);
                });
    }

    private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
