#!/usr/bin/env bash
# pgjdbc 42.7.14: with several hosts in the URL loginTimeout bounds the whole attempt and not each host. Where the first host takes the
# connection and says nothing (a frozen server, a proxy without one behind it), the second is never tried.
#
# Seen: jdbc:postgresql://first,second/ with loginTimeout=3 ends after 3 s with "Connection attempt timed out."; the second host, which
# listens, has had no connection. The same when it is tried again, so that failover by the URL does not happen.
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
    <dependency><groupId>org.postgresql</groupId><artifactId>postgresql</artifactId><version>42.7.14</version></dependency>
  </dependencies>
</project>
POM
mkdir -p src/main/java/finding
cat > src/main/java/finding/Hosts.java <<'JAVA'
package finding;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

public class Hosts {
    public static void main(String[] args) throws Exception {
        try (ServerSocket first = listen(); ServerSocket second = listen()) {
            List<Socket> atFirst = taking(first);
            List<Socket> atSecond = taking(second);
            String url = "jdbc:postgresql://127.0.0.1:" + first.getLocalPort() + ",127.0.0.1:" + second.getLocalPort()
                    + "/any?user=any&loginTimeout=3&socketTimeout=20";
            for (int i = 0; i < 2; i++) {
                long begun = System.nanoTime();
                try {
                    DriverManager.getConnection(url);
                } catch (SQLException e) {
                    System.out.println(e.getMessage() + " after "
                            + Math.round((System.nanoTime() - begun) / 1e9) + " s");
                }
            }
            System.out.println("first host: " + (atFirst.isEmpty() ? "no connection" : "connected")
                    + "; second host: " + (atSecond.isEmpty() ? "no connection" : "connected"));
        }
        System.exit(0);
    }

    private static ServerSocket listen() throws Exception {
        return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    private static List<Socket> taking(ServerSocket server) {
        List<Socket> taken = Collections.synchronizedList(new ArrayList<>());
        Thread thread = new Thread(() -> {
            try {
                while (true) {
                    taken.add(server.accept());
                }
            } catch (Exception closed) {
                // The end.
            }
        });
        thread.setDaemon(true);
        thread.start();
        return taken;
    }
}
JAVA
mvn -q -B compile dependency:build-classpath -Dmdep.outputFile=class-path > build.log 2>&1 || { cat build.log; exit 2; }
java -version 2>&1 | head -1
java -cp "target/classes:$(cat class-path)" finding.Hosts | tee seen
[ "$(grep -c '^Connection attempt timed out\. after 3 s$' seen)" = 2 ]
grep -qxF 'first host: connected; second host: no connection' seen
echo 'pgjdbc 42.7.14 never comes to the second host where loginTimeout ends at the first.'
