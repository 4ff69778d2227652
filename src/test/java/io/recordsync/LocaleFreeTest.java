package io.recordsync;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitReferenceTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.spi.GeneratedPropertyConfigurer;
import org.junit.jupiter.api.Test;

/**
 * Nothing of ours depends on the default locale: not the spelling of a name (in Turkish the capital of i is İ), nor the digits of a
 * number (in Egypt 5 is ٥).
 */
@AnalyzeClasses(packages = "io.recordsync", importOptions = DoNotIncludeTests.class)
class LocaleFreeTest {

    /** Without a {@link Locale} among their parameters these take the default one. */
    private static final Set<String> ASK_FOR_A_LOCALE = Set.of(
            "java.lang.String.toLowerCase",
            "java.lang.String.toUpperCase",
            "java.io.PrintStream.printf",
            "java.io.PrintStream.format",
            "java.io.PrintWriter.printf",
            "java.io.PrintWriter.format",
            "java.util.Formatter.<init>",
            "java.util.Scanner.<init>",
            "java.text.MessageFormat.<init>",
            "java.text.MessageFormat.format",
            "java.text.DecimalFormat.<init>",
            "java.text.SimpleDateFormat.<init>",
            "java.text.NumberFormat.getInstance",
            "java.text.NumberFormat.getNumberInstance",
            "java.text.NumberFormat.getIntegerInstance",
            "java.text.NumberFormat.getPercentInstance",
            "java.text.NumberFormat.getCompactNumberInstance",
            "java.time.format.DateTimeFormatter.ofPattern",
            "java.time.format.DateTimeFormatter.ofLocalizedDate",
            "java.time.format.DateTimeFormatter.ofLocalizedDateTime",
            "java.time.format.DateTimeFormatterBuilder.toFormatter",
            "java.util.Locale.getDefault");

    /** Those of {@link java.util.Formatter} that write digits, names of days and separators by the locale. */
    private static final Pattern BY_LOCALE =
            Pattern.compile("%(\\d+\\$)?[-#+ 0,(<]*\\d*(\\.\\d+)?(d|f|e|E|g|G|t[A-Za-z]|T[A-Za-z])");

    /** But for what Camel's plugin writes: it lowers the names of options, and a test of theirs holds that none has a capital I. */
    @ArchTest
    static final ArchRule what_takes_a_locale_is_given_one = classes()
            .that()
            .areNotAssignableTo(GeneratedPropertyConfigurer.class)
            .should(new ArchCondition<>("give a locale") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                    Stream.of(
                                    type.getMethodCallsFromSelf(),
                                    type.getConstructorCallsFromSelf(),
                                    type.getMethodReferencesFromSelf(),
                                    type.getConstructorReferencesFromSelf())
                            .flatMap(Set::stream)
                            .filter(LocaleFreeTest::takesTheDefault)
                            .forEach(access ->
                                    events.add(SimpleConditionEvent.violated(access, access.getDescription())));
                }
            });

    private static boolean takesTheDefault(JavaAccess<?> access) {
        List<JavaClass> parameters = access.getTarget() instanceof CodeUnitCallTarget call
                ? call.getRawParameterTypes()
                : ((CodeUnitReferenceTarget) access.getTarget()).getRawParameterTypes();
        String name =
                access.getTargetOwner().getName() + "." + access.getTarget().getName();
        return ASK_FOR_A_LOCALE.contains(name)
                && parameters.stream().noneMatch(type -> type.isEquivalentTo(Locale.class));
    }

    /** {@code "%s".formatted(5)} is 5 everywhere. */
    @Test
    void no_format_writes_a_number_by_the_locale() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            List<Path> sources =
                    files.filter(file -> file.toString().endsWith(".java")).toList();
            assertThat(sources).isNotEmpty().allSatisfy(file -> assertThat(Files.readString(file))
                    .as("%s: write %%s in place of %%d", file)
                    .doesNotContainPattern(BY_LOCALE));
        }
    }

    @Test
    void the_rule_finds_what_it_is_for() {
        assertThat("%d").containsPattern(BY_LOCALE);
        assertThat("%1$,.2f").containsPattern(BY_LOCALE);
        assertThat("%tY").containsPattern(BY_LOCALE);
        assertThat("%s %-4s 100 %, \\u%04x%n").doesNotContainPattern(BY_LOCALE);
    }
}
