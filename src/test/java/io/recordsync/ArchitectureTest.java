package io.recordsync;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.core.importer.ImportOption.OnlyIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;

/**
 * Who may know whom: deletion, the inbox over it, the adapters over both, the routes over all; oauth knows none of them.
 */
@AnalyzeClasses(packages = "io.recordsync", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule the_words_of_the_domain_need_the_JDK_only = classes()
            .that()
            .resideInAPackage("io.recordsync.deletion")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("io.recordsync.deletion", "java..");

    @ArchTest
    static final ArchRule the_inbox_knows_the_domain_and_databases = noClasses()
            .that()
            .resideInAPackage("io.recordsync.inbox..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("org.apache.camel..")
                    .or(resideInAPackage("io.recordsync..")
                            .and(not(resideInAnyPackage("io.recordsync.inbox..", "io.recordsync.deletion")))));

    @ArchTest
    static final ArchRule oauth_knows_none_of_the_rest = noClasses()
            .that()
            .resideInAPackage("io.recordsync.oauth..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("org.apache.camel..")
                    .or(resideInAPackage("io.recordsync..").and(not(resideInAPackage("io.recordsync.oauth..")))));

    @ArchTest
    static final ArchRule adapters_never_know_one_another = SlicesRuleDefinition.slices()
            .matching("io.recordsync.(salesforce|talkdesk|guard|ops)..")
            .should()
            .notDependOnEachOther();

    @ArchTest
    static final ArchRule nothing_knows_the_application = noClasses()
            .that()
            .resideOutsideOfPackage("io.recordsync")
            .should()
            .dependOnClassesThat(resideInAPackage("io.recordsync"));

    /** Else they would share our mistakes. */
    @AnalyzeClasses(packages = "io.recordsync", importOptions = OnlyIncludeTests.class)
    static class Simulators {

        @ArchTest
        static final ArchRule simulators_know_nothing_of_ours = noClasses()
                .that()
                .resideInAPackage("io.recordsync.simulator..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("io.recordsync..").and(not(resideInAPackage("io.recordsync.simulator.."))));

        @ArchTest
        static final ArchRule simulators_never_know_one_another = SlicesRuleDefinition.slices()
                .matching("io.recordsync.simulator.(*)..")
                .should()
                .notDependOnEachOther();
    }
}
