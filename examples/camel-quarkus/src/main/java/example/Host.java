package example;

import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** A Quarkus application with paths and a table of its own. */
@ApplicationScoped
public class Host {

    @Inject
    DataSource database;

    void serve(@Observes Router router) {
        router.get("/own").handler(request -> request.end("host works"));
        router.get("/tables").blockingHandler(request -> request.end(String.join(", ", tables())));
    }

    private List<String> tables() {
        List<String> names = new ArrayList<>();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet tables = statement.executeQuery(
                        "select table_name from information_schema.tables where table_schema = 'PUBLIC' order by 1")) {
            while (tables.next()) {
                names.add(tables.getString(1));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return names;
    }
}
