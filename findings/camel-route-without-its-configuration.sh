#!/usr/bin/env bash
# Camel 4.18.0: a route that names a route configuration which was never loaded starts all the same, without its error handling
# and its interceptors, and nothing is logged at WARN or above.
#
# Seen: two files, a routeConfiguration with an interceptFrom that refuses every message, and a route with its
# routeConfigurationId. With both files the route refuses; with the route's file alone it lets everything through.
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
    <dependency><groupId>org.apache.camel</groupId><artifactId>camel-main</artifactId><version>4.18.0</version></dependency>
    <dependency><groupId>org.apache.camel</groupId><artifactId>camel-yaml-dsl</artifactId><version>4.18.0</version></dependency>
    <dependency><groupId>org.apache.camel</groupId><artifactId>camel-direct</artifactId><version>4.18.0</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>2.0.17</version></dependency>
  </dependencies>
</project>
POM
mkdir -p src/main/java/finding src/main/resources/routes
cat > src/main/java/finding/Guarded.java <<'JAVA'
package finding;

import org.apache.camel.main.Main;

public class Guarded {
    public static void main(String[] args) throws Exception {
        Main main = new Main();
        main.configure().withRoutesIncludePattern(args[0]);
        main.start();
        String answer;
        try {
            answer = main.getCamelTemplate().requestBody("direct:work", "message", String.class);
        } catch (Exception e) {
            answer = "refused";
        }
        System.out.println(answer);
        main.stop();
    }
}
JAVA
cat > src/main/resources/routes/guard.yaml <<'YAML'
- routeConfiguration:
    id: guard
    interceptFrom:
      - interceptFrom:
          steps:
            - throwException:
                exceptionType: java.lang.IllegalStateException
                message: refused
YAML
cat > src/main/resources/routes/work.yaml <<'YAML'
- route:
    id: work
    routeConfigurationId: guard
    from:
      uri: direct:work
      steps:
        - setBody:
            constant:
              expression: done
YAML
mvn -q -B compile dependency:build-classpath -Dmdep.outputFile=class-path > build.log 2>&1 || { cat build.log; exit 2; }
java -version 2>&1 | head -1
run() { java -cp "target/classes:$(cat class-path)" finding.Guarded "$1" 2> log; }
echo "both files: $(run 'classpath:routes/guard.yaml,classpath:routes/work.yaml')" | tee seen
echo "the route's alone: $(run 'classpath:routes/work.yaml')" | tee -a seen
echo "its warnings: $(grep -cE 'WARN|ERROR' log || true)" | tee -a seen
grep -qx 'both files: refused' seen
grep -qx "the route's alone: done" seen
grep -qx 'its warnings: 0' seen
echo "Camel 4.18.0 starts a route without the route configuration that it names."
