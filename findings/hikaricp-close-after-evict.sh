#!/usr/bin/env bash
# HikariCP 7.0.2: a connection whose auto-commit was switched off, and which is evicted while it is in use, answers close() with a
# NullPointerException. With auto-commit left alone it closes in silence.
#
# Seen: java.lang.NullPointerException from the pool's resetting of the connection, not an SQLException. Code that evicts what has
# failed within a transaction, and closes it as try-with-resources does, loses the failure that it was about.
# Needs a JDK 17 and Maven. Exits 0 while that is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > pom.xml <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>1</version>
  <properties>
    <maven.compiler.source>17</maven.compiler.source>
    <maven.compiler.target>17</maven.compiler.target>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
    <dependency><groupId>com.zaxxer</groupId><artifactId>HikariCP</artifactId><version>7.0.2</version></dependency>
    <dependency><groupId>org.xerial</groupId><artifactId>sqlite-jdbc</artifactId><version>3.53.2.1</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>2.0.17</version></dependency>
  </dependencies>
</project>
POM
mkdir -p src/main/java/finding
cat > src/main/java/finding/Evicted.java <<'JAVA'
package finding;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;

public class Evicted {
    public static void main(String[] args) throws Exception {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl("jdbc:sqlite:finding.db");
        try (HikariDataSource pool = new HikariDataSource(config)) {
            System.out.println("auto-commit left alone: " + closed(pool, true));
            System.out.println("within a transaction: " + closed(pool, false));
        }
    }

    private static String closed(HikariDataSource pool, boolean autoCommit) throws Exception {
        Connection connection = pool.getConnection();
        if (!autoCommit) {
            connection.setAutoCommit(false);
        }
        pool.evictConnection(connection);
        try {
            connection.close();
            return "closed";
        } catch (Exception e) {
            return e.getClass().getName();
        }
    }
}
JAVA
mvn -q -B compile dependency:build-classpath -Dmdep.outputFile=class-path > build.log 2>&1 || { cat build.log; exit 2; }
java -version 2>&1 | head -1
java -cp "target/classes:$(cat class-path)" finding.Evicted | tee seen
grep -qx 'auto-commit left alone: closed' seen
grep -qx 'within a transaction: java.lang.NullPointerException' seen
echo "HikariCP 7.0.2 answers close() of an evicted connection within a transaction with a NullPointerException."
