package example;

import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** A Spring Boot application with a table of its own. */
@SpringBootApplication
@RestController
public class Host {

    private final JdbcTemplate database;

    public Host(JdbcTemplate database) {
        this.database = database;
    }

    public static void main(String[] args) {
        SpringApplication.run(Host.class, args);
    }

    @GetMapping("/tables")
    public String tables() {
        List<String> names = database.queryForList(
                "select table_name from information_schema.tables where table_schema = 'PUBLIC' order by 1", String.class);
        return String.join(", ", names);
    }
}
