#!/usr/bin/env bash
# Camel 4.18.0: a property without any placeholder in it, resolved by its name or as {{name}}, loses a backslash that is one of its last two
# characters; a backslash further in front stays. Whatever reads a password through Camel's properties gets another one.
#
# Seen: secret\9 comes back as secret9, and path\to\x whole but for its last backslash; a\bcd is unchanged.
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
cat > src/main/java/finding/Backslash.java <<'JAVA'
package finding;

import java.util.Properties;
import org.apache.camel.impl.DefaultCamelContext;

public class Backslash {
    public static void main(String[] args) throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            Properties properties = new Properties();
            for (String value : args) {
                properties.setProperty("value", value);
                context.getPropertiesComponent().setOverrideProperties(properties);
                System.out.println(value + " is " + context.resolvePropertyPlaceholders("{{value}}")
                        + " and " + context.getPropertiesComponent().resolveProperty("value").orElseThrow());
            }
        }
    }
}
JAVA
mvn -q -B compile dependency:build-classpath -Dmdep.outputFile=class-path > build.log 2>&1 || { cat build.log; exit 2; }
java -version 2>&1 | head -1
java -cp "target/classes:$(cat class-path)" finding.Backslash 'secret\9' 'a\bcd' 'path\to\x' | tee seen
grep -qxF 'secret\9 is secret9 and secret9' seen
grep -qxF 'a\bcd is a\bcd and a\bcd' seen
grep -qxF 'path\to\x is path\tox and path\tox' seen
echo 'Camel 4.18.0 drops a backslash that is one of the last two characters of a property.'
