package io.recordsync;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameStartingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.core.importer.ImportOption.OnlyIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;

/**
 * Who may know whom: deletion, the inbox over it, the delivery over both, the adapters over all three, the routes over all. Beside them the configuration,
 * the network over it, and oauth over the network; they know none of the others. What is said of files is below them all. The doctor is known to the adapters, and knows the inbox and the network.
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
    static final ArchRule what_lies_on_the_disk_needs_the_JDK_only = classes()
            .that()
            .resideInAPackage("io.recordsync.files")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("io.recordsync.files", "java..");

    @ArchTest
    static final ArchRule the_inbox_knows_the_domain_and_databases = noClasses()
            .that()
            .resideInAPackage("io.recordsync.inbox..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("org.apache.camel..")
                    .or(resideInAPackage("io.recordsync..")
                            .and(not(resideInAnyPackage(
                                    "io.recordsync.inbox..", "io.recordsync.deletion", "io.recordsync.files")))));

    @ArchTest
    static final ArchRule the_pool_and_the_migrations_are_known_to_the_database_alone = noClasses()
            .that()
            .resideOutsideOfPackage("io.recordsync.inbox.database")
            .should()
            .dependOnClassesThat(
                    resideInAnyPackage("com.zaxxer.hikari..", "org.flywaydb..", "org.sqlite..", "org.postgresql.."));

    @ArchTest
    static final ArchRule the_database_does_not_know_the_inbox = noClasses()
            .that()
            .resideInAPackage("io.recordsync.inbox.database..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.recordsync..")
                    .and(not(resideInAnyPackage("io.recordsync.inbox.database..", "io.recordsync.files"))));

    @ArchTest
    static final ArchRule no_two_packages_know_each_other =
            SlicesRuleDefinition.slices().matching("(io.recordsync..)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule the_delivery_knows_the_roles_of_the_inbox_and_no_adapter = noClasses()
            .that()
            .resideInAPackage("io.recordsync.delivery..")
            .should()
            .dependOnClassesThat(
                    resideInAnyPackage("org.apache.camel.*..", "org.apache.hc..", "com.fasterxml.jackson..")
                            .or(resideInAPackage("io.recordsync..")
                                    .and(not(resideInAnyPackage(
                                            "io.recordsync.delivery..",
                                            "io.recordsync.inbox",
                                            "io.recordsync.deletion",
                                            "io.recordsync.config"))))
                            .or(resideInAPackage("io.recordsync.inbox").and(simpleNameStartingWith("Jdbc"))));

    @ArchTest
    static final ArchRule no_other_room_names_the_dialler = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "io.recordsync", "io.recordsync.talkdesk..", "io.recordsync.config..", "io.recordsync.doctor..")
            .should()
            .haveSimpleNameContaining("Talkdesk");

    @ArchTest
    static final ArchRule the_configuration_knows_the_domain_and_no_runtime = classes()
            .that()
            .resideInAPackage("io.recordsync.config")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("io.recordsync.config", "io.recordsync.deletion", "io.recordsync.files", "java..");

    @ArchTest
    static final ArchRule what_is_said_of_a_file_needs_the_JDK_only = classes()
            .that()
            .resideInAPackage("io.recordsync.files")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("io.recordsync.files", "java..");

    @ArchTest
    static final ArchRule the_network_knows_the_configuration_only = noClasses()
            .that()
            .resideInAPackage("io.recordsync.network..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.recordsync..")
                    .and(not(resideInAnyPackage("io.recordsync.network..", "io.recordsync.config"))));

    @ArchTest
    static final ArchRule oauth_knows_the_network_and_the_configuration = noClasses()
            .that()
            .resideInAPackage("io.recordsync.oauth..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("org.apache.camel..")
                    .or(resideInAPackage("io.recordsync..")
                            .and(not(resideInAnyPackage(
                                    "io.recordsync.oauth..",
                                    "io.recordsync.network..",
                                    "io.recordsync.config",
                                    "io.recordsync.files")))));

    @ArchTest
    static final ArchRule the_doctor_leaves_each_end_to_its_adapter = noClasses()
            .that()
            .resideInAPackage("io.recordsync.doctor..")
            .should()
            .dependOnClassesThat(resideInAPackage("org.apache.camel..")
                    .or(resideInAPackage("io.recordsync..")
                            .and(not(resideInAnyPackage(
                                    "io.recordsync.doctor..",
                                    "io.recordsync.inbox..",
                                    "io.recordsync.network..",
                                    "io.recordsync.files")))));

    /** The other parts know the stream's events and its topic, so that it must know none of them. */
    @ArchTest
    static final ArchRule the_stream_knows_nothing_else_of_salesforce = noClasses()
            .that()
            .resideInAPackage("io.recordsync.salesforce.stream..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.recordsync.salesforce"));

    @ArchTest
    static final ArchRule adapters_never_know_one_another = SlicesRuleDefinition.slices()
            .matching("io.recordsync.(salesforce|talkdesk|lists|ops)..")
            .should()
            .notDependOnEachOther();

    @ArchTest
    static final ArchRule no_rooms_know_each_other_in_a_circle = SlicesRuleDefinition.slices()
            .matching("io.recordsync.(*)..")
            .should()
            .beFreeOfCycles();

    static final ArchRule the_rooms_of_ops_know_each_other_in_one_direction = SlicesRuleDefinition.slices()
            .matching("io.recordsync.ops.(*)..")
            .should()
            .beFreeOfCycles();

    /**
     * A map of objects is read by string keys that no compiler checks: what a room reports is a record. The beans are the one
     * exception: routes call them by name.
     */
    @ArchTest
    static final ArchRule no_method_returns_a_map_of_objects = noMethods()
            .that()
            .doNotHaveFullName("io.recordsync.Wiring.beans()")
            .and()
            .doNotHaveFullName("io.recordsync.Beans.byName()")
            .should(new ArchCondition<>("return a Map<String, Object>") {
                @Override
                public void check(JavaMethod method, ConditionEvents events) {
                    String type = method.getReturnType().getName();
                    events.add(new SimpleConditionEvent(
                            method,
                            type.contains("java.util.Map<java.lang.String, java.lang.Object>"),
                            method.getFullName() + " returns " + type));
                }
            });

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
