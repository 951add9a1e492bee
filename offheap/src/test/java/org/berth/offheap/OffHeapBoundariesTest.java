package org.berth.offheap;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The allowed dependencies of this module: the JDK without its internals, and Agrona's interfaces and pure code. */
class OffHeapBoundariesTest {

    /** A package that is not exported. */
    private static final String SYSTEM_CALLS = "org.berth.offheap.linux";

    /** Exported to Berth's other modules only. */
    private static final String INTERNAL = "org.berth.offheap.internal";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.berth.offheap");

    @Test
    void thereAreClassesToCheck() {
        assertThat(CLASSES.contain(Region.class)).isTrue();
        assertThat(CLASSES.contain(OffHeapBuffer.class)).isTrue();
    }

    @Test
    void dependsOnNothingAboveIt() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("org.berth.offheap..", "java..", "org.agrona..", "org.jspecify..")
                .check(CLASSES);
    }

    @Test
    void usesNoInternals() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveNameMatching("sun\\..*|jdk\\.internal\\..*|.*Unsafe.*|org\\.agrona\\.BufferUtil")
                .check(CLASSES);
    }

    /** One package calls the restricted methods, so a review of its guard is enough. */
    @Test
    void onlyOnePackageMakesSystemCalls() {
        noClasses()
                .that()
                .resideOutsideOfPackage(SYSTEM_CALLS)
                .should()
                .dependOnClassesThat()
                .haveNameMatching("java\\.lang\\.foreign\\.(Linker|SymbolLookup).*")
                .orShould()
                .callMethodWhere(target(name("reinterpret")))
                .orShould()
                .callMethodWhere(target(name("enableNativeAccess")))
                .check(CLASSES);
        classes()
                .that()
                .haveSimpleName("SystemCalls")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.foreign.Linker")
                .check(CLASSES);
    }

    @Test
    void onlyTheApiIsPublic() {
        classes()
                .that()
                .arePublic()
                .and()
                .resideOutsideOfPackages(SYSTEM_CALLS, INTERNAL)
                .should()
                .haveNameMatching("org\\.berth\\.offheap\\.(Region|RegionStatistics|Words|OffHeapBuffer|"
                        + "placement\\.(Topology(\\$.*)?|CpuSet|MemoryLimit|Placement(\\$.*)?|PlacementReport"
                        + "|ThreadAffinity|CurrentCpu))")
                .check(CLASSES);
    }
}
