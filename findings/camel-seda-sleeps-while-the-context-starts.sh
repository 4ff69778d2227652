#!/usr/bin/env bash
# Camel 4.18.0: a seda consumer sleeps for its pollTimeout, a second by default, whenever it looks while the context is starting, and no
# message wakes it. What waits in the queue when the context has started goes on waiting until that sleep is over.
#
# Seen: with a start that takes 300 ms more after the consumer began, a message that was sent meanwhile arrives some 700 ms after
# start() has returned; with pollTimeout=50 within 50 ms of it. The page of the component says of pollTimeout only how soon a consumer
# reacts to a shutdown.
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
    <dependency><groupId>org.apache.camel</groupId><artifactId>camel-core</artifactId><version>4.18.0</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>2.0.17</version></dependency>
  </dependencies>
</project>
POM
mkdir -p src/main/java/finding
cat > src/main/java/finding/Start.java <<'JAVA'
package finding;

import java.util.concurrent.CountDownLatch;
import org.apache.camel.Route;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.RoutePolicySupport;

public class Start {

    public static void main(String[] args) throws Exception {
        // The first one warms the JVM up.
        after("seda:work");
        System.out.println("default " + after("seda:work"));
        System.out.println("50 " + after("seda:work?pollTimeout=50"));
    }

    /** Milliseconds from the return of start() until a message that was sent during the start has arrived. */
    private static long after(String queue) throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from(queue).startupOrder(1).process(exchange -> arrived.countDown());
                    from("direct:slow-to-start").startupOrder(2).routePolicy(new RoutePolicySupport() {
                        @Override
                        public void onStart(Route route) {
                            context.createProducerTemplate().sendBody("seda:work", "a message");
                            pause();
                        }
                    }).setBody(constant(""));
                }
            });
            context.start();
            long started = System.nanoTime();
            arrived.await();
            return (System.nanoTime() - started) / 1_000_000;
        }
    }

    private static void pause() {
        try {
            Thread.sleep(300);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
JAVA
mvn -q -B compile dependency:build-classpath -Dmdep.outputFile=class-path > build.log 2>&1 || { cat build.log; exit 2; }
java -version 2>&1 | head -1
java -cp "target/classes:$(cat class-path)" finding.Start | tee seen
default=$(sed -n 's/^default //p' seen)
short=$(sed -n 's/^50 //p' seen)
[ "$default" -ge 300 ]
[ "$short" -lt 250 ]
echo 'Camel 4.18.0: a seda consumer that looks while the context starts sleeps for its pollTimeout, whatever arrives.'
