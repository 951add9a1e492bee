package org.berth.bench;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.berth.bench.workload.Tables;

/** Benchmarks use Berth as its users do. ArchUnit fails a rule that finds no classes. */
@AnalyzeClasses(packages = "org.berth.bench", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule USES_PUBLIC_API_ONLY = noClasses()
            .should()
            .dependOnClassesThat(resideInAPackage("org.berth..")
                    .and(not(resideInAnyPackage(
                            "org.berth.bench..",
                            "org.berth.core.slots",
                            "org.berth.core.map",
                            "org.berth.core.lock",
                            "org.berth.core.store",
                            "org.berth.offheap",
                            "org.berth.offheap.placement"))))
            .allowEmptyShould(false);

    @ArchTest
    static final ArchRule WORKLOADS_USE_SLOTS = classes()
            .that()
            .haveSimpleName(Tables.Claimed.class.getSimpleName())
            .should()
            .dependOnClassesThat(resideInAPackage("org.berth.core.slots"))
            .allowEmptyShould(false);

    @ArchTest
    static final ArchRule WORKLOADS_KNOW_NOTHING_OF_THE_RUN = noClasses()
            .that()
            .resideInAPackage("org.berth.bench.workload..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("org.berth.bench.compare..", "org.berth.bench.machine.."))
            .allowEmptyShould(false);
}
