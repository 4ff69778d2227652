#!/usr/bin/env bash
# SQLite 3.53.2 (sqlite-jdbc 3.53.2.1): a trigger whose condition is `new.state in (5, 6, 7)` makes a table of the three numbers for every row
# that is updated, even where the condition is false; `new.state between 5 and 7` makes none. In a plain WHERE the same list is made
# once for a statement, and a list of two is no table at all, so that nobody looks for the cost there.
#
# Seen: the trigger's program holds OpenEphemeral and three IdxInsert with the list, neither with BETWEEN or with a list of two; and an update of
# 200,000 rows in which no condition is true takes about three times as long with the list.
# Needs a JDK 17 and Maven. Exits 0 while that is so; of the time, it only has to be longer.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy -Dartifact=org.xerial:sqlite-jdbc:3.53.2.1 \
  -DoutputDirectory=lib -Dmdep.useBaseVersion=true > build.log 2>&1 || { cat build.log; exit 2; }
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy -Dartifact=org.slf4j:slf4j-api:2.0.17 \
  -DoutputDirectory=lib > build.log 2>&1 || { cat build.log; exit 2; }
cat > Finding.java <<'JAVA'
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;

public class Finding {

    private static final int ROWS = 200_000;

    public static void main(String[] args) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:");
                Statement statement = connection.createStatement()) {
            try (ResultSet version = statement.executeQuery("select sqlite_version()")) {
                version.next();
                System.out.println("SQLite " + version.getString(1));
            }
            statement.execute("create table thing (id integer primary key, state integer)");
            statement.execute("create table note (thing integer)");
            statement.execute("with recursive n (i) as (select 1 union all select i + 1 from n where i < " + ROWS + ")"
                    + " insert into thing select i, 2 from n");
            long[] between = measured(statement, "new.state between 5 and 7");
            long[] two = measured(statement, "new.state in (5, 6)");
            long[] three = measured(statement, "new.state in (5, 6, 7)");
            boolean asSeen = between[0] == 0 && two[0] == 0 && three[0] > 0 && three[1] > between[1];
            System.out.println(asSeen ? "as seen" : "NOT as seen");
            System.exit(asSeen ? 0 : 1);
        }
    }

    /** @return how often the trigger's program opens a table of its own, and the fastest of five updates in milliseconds */
    private static long[] measured(Statement statement, String condition) throws Exception {
        statement.execute("create trigger told after update of state on thing when " + condition
                + " begin insert into note values (new.id); end");
        long tables = 0;
        try (ResultSet program = statement.executeQuery("explain update thing set state = 3")) {
            boolean ofTrigger = false;
            while (program.next()) {
                // The programs of triggers follow the statement's own, and each begins at address 0.
                ofTrigger |= program.getRow() > 1 && program.getInt("addr") == 0;
                tables += ofTrigger && program.getString("opcode").equals("OpenEphemeral") ? 1 : 0;
            }
        }
        long fastest = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            long begun = System.nanoTime();
            statement.execute("update thing set state = " + (i % 2 + 2));
            fastest = Math.min(fastest, (System.nanoTime() - begun) / 1_000_000);
        }
        statement.execute("drop trigger told");
        System.out.printf("when %-26s tables of its own: %d, %,d rows in %d ms%n", condition, tables, ROWS, fastest);
        return new long[] {tables, fastest};
    }
}
JAVA
java -version 2>&1 | head -1
java -cp "lib/*" Finding.java
