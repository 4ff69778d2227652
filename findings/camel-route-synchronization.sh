#!/usr/bin/env bash
# Camel 4.18.0: a Synchronization that implements SynchronizationRouteAware, which its Javadoc calls an extension of it, is not called
# before and after routes: the unit of work asks getRouteSynchronization(), whose default is null, and not whether the object is one.
#
# Seen: added to an exchange by addOnCompletion, onComplete comes, onBeforeRoute and onAfterRoute do not; with getRouteSynchronization()
# overridden to return this, all come. Nothing is logged.
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
cat > src/main/java/finding/Rounds.java <<'JAVA'
package finding;

import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.Synchronization;
import org.apache.camel.spi.SynchronizationRouteAware;

public class Rounds {

    static class Watch implements Synchronization, SynchronizationRouteAware {
        final StringBuilder called = new StringBuilder();

        @Override
        public void onBeforeRoute(Route route, Exchange exchange) {
            called.append(" before");
        }

        @Override
        public void onAfterRoute(Route route, Exchange exchange) {
            called.append(" after");
        }

        @Override
        public void onComplete(Exchange exchange) {
            called.append(" complete");
        }

        @Override
        public void onFailure(Exchange exchange) {
            called.append(" failure");
        }
    }

    static class Told extends Watch {
        @Override
        public SynchronizationRouteAware getRouteSynchronization() {
            return this;
        }
    }

    public static void main(String[] args) throws Exception {
        for (Watch watch : new Watch[] {new Watch(), new Told()}) {
            try (DefaultCamelContext context = new DefaultCamelContext()) {
                context.addRoutes(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("direct:outer")
                                .process(exchange -> exchange.getExchangeExtension().addOnCompletion(watch))
                                .to("direct:inner");
                        from("direct:inner").setBody(constant("done"));
                    }
                });
                context.start();
                context.createProducerTemplate().sendBody("direct:outer", "");
            }
            System.out.println(watch.getClass().getSimpleName() + ":" + watch.called);
        }
    }
}
JAVA
mvn -q -B compile dependency:build-classpath -Dmdep.outputFile=class-path > build.log 2>&1 || { cat build.log; exit 2; }
java -version 2>&1 | head -1
java -cp "target/classes:$(cat class-path)" finding.Rounds | tee seen
grep -qxF 'Watch: complete' seen
grep -q '^Told:.* before.* after.* complete' seen
echo 'Camel 4.18.0 calls a SynchronizationRouteAware by getRouteSynchronization alone.'
