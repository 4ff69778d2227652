#!/usr/bin/env bash
# HttpClient 5.5.2 (httpclient5, DateUtils.parseStandardDate): of the three forms of a date that RFC 9110 lets a server send, it reads one.
# Retry-After, Date and Last-Modified in the other two are taken for no date at all.
#
# Seen: "Sun, 06 Nov 1994 08:49:37 GMT" is read; "Sunday, 06-Nov-94 08:49:37 GMT" (RFC 850) and "Sun Nov  6 08:49:37 1994" (asctime),
# both in the RFC's own example, give null.
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
    <dependency><groupId>org.apache.httpcomponents.client5</groupId><artifactId>httpclient5</artifactId><version>5.5.2</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>2.0.17</version></dependency>
  </dependencies>
</project>
POM
mkdir -p src/main/java/finding
cat > src/main/java/finding/Dates.java <<'JAVA'
package finding;

import org.apache.hc.client5.http.utils.DateUtils;

public class Dates {
    public static void main(String[] dates) {
        for (String date : dates) {
            System.out.println(date + " is " + DateUtils.parseStandardDate(date));
        }
    }
}
JAVA
mvn -q -B compile dependency:build-classpath -Dmdep.outputFile=class-path > build.log 2>&1 || { cat build.log; exit 2; }
java -version 2>&1 | head -1
java -cp "target/classes:$(cat class-path)" finding.Dates 'Sun, 06 Nov 1994 08:49:37 GMT' 'Sunday, 06-Nov-94 08:49:37 GMT' 'Sun Nov  6 08:49:37 1994' | tee seen
grep -qxF 'Sun, 06 Nov 1994 08:49:37 GMT is 1994-11-06T08:49:37Z' seen
grep -qxF 'Sunday, 06-Nov-94 08:49:37 GMT is null' seen
grep -qxF 'Sun Nov  6 08:49:37 1994 is null' seen
echo 'httpclient5 5.5.2 reads one of the three forms of an HTTP date.'
