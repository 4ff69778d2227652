#!/usr/bin/env bash
# Camel 4.18.0, YAML DSL: a bean's numbered constructor arguments are put in the order of their numbers as text.
#
# Seen: with eleven arguments "0" to "10" the constructor gets the argument "10" in the third place, behind "1" and before "2".
# Where the types allow it nothing fails: every argument from the third on is another one's. With ten or fewer all is well, and so
# it is with "00" to "10".
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
    <dependency><groupId>org.apache.camel</groupId><artifactId>camel-bean</artifactId><version>4.18.0</version></dependency>
    <dependency><groupId>org.apache.camel</groupId><artifactId>camel-direct</artifactId><version>4.18.0</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>2.0.17</version></dependency>
  </dependencies>
</project>
POM
mkdir -p src/main/java/finding src/main/resources/routes
cat > src/main/java/finding/Eleven.java <<'JAVA'
package finding;

import org.apache.camel.main.Main;

public class Eleven {
    private final String order;

    public Eleven(String a, String b, String c, String d, String e, String f, String g, String h, String i, String j, String k) {
        order = String.join(" ", a, b, c, d, e, f, g, h, i, j, k);
    }

    public static void main(String[] args) throws Exception {
        Main main = new Main();
        main.configure().withRoutesIncludePattern("classpath:routes/*.yaml");
        main.start();
        for (String name : new String[] {"plain", "padded"}) {
            System.out.println(name + ": " + main.getCamelContext().getRegistry().lookupByNameAndType(name, Eleven.class).order);
        }
        main.stop();
    }
}
JAVA
{
  echo "- beans:"
  for name in plain padded; do
    echo "    - name: $name"
    echo "      type: finding.Eleven"
    echo "      constructors:"
    for n in 0 1 2 3 4 5 6 7 8 9 10; do
      [ $name = plain ] && number=$n || number=$(printf '%02d' $n)
      echo "        \"$number\": \"arg$n\""
    done
  done
  echo "- route:"
  echo "    id: none"
  echo "    from:"
  echo "      uri: direct:none"
  echo "      steps:"
  echo "        - stop: {}"
} > src/main/resources/routes/beans.yaml
mvn -q -B compile dependency:build-classpath -Dmdep.outputFile=class-path > build.log 2>&1 || { cat build.log; exit 2; }
java -version 2>&1 | head -1
java -cp "target/classes:$(cat class-path)" finding.Eleven | tee seen
grep -qx 'plain: arg0 arg1 arg10 arg2 arg3 arg4 arg5 arg6 arg7 arg8 arg9' seen
grep -qx 'padded: arg0 arg1 arg2 arg3 arg4 arg5 arg6 arg7 arg8 arg9 arg10' seen
echo "Camel 4.18.0 sorts the numbers of a YAML bean's constructor arguments as text."
