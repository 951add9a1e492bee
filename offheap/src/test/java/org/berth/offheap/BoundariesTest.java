package org.berth.offheap;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** What this module may know of: the JDK without its back doors, and Agrona's interfaces and pure code. */
class BoundariesTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.berth.offheap");

    @Test
    void thereAreClassesToCheck() {
        assertThat(CLASSES.contain(Region.class)).isTrue();
        assertThat(CLASSES.contain(OffHeapBuffer.class)).isTrue();
    }

    @Test
    void knowsNothingAboveIt() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("org.berth.offheap..", "java..", "org.agrona..", "org.jspecify..")
                .check(CLASSES);
    }

    @Test
    void usesNoBackDoor() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveNameMatching(
                        "sun\\..*|jdk\\.internal\\..*|.*Unsafe.*|org\\.agrona\\.BufferUtil|java\\.lang\\.foreign\\.Linker.*")
                .check(CLASSES);
    }

    @Test
    void onlyTheApiIsPublic() {
        classes()
                .that()
                .arePublic()
                .should()
                .haveNameMatching(
                        "org\\.berth\\.offheap\\.(Region|Words|OffHeapBuffer|placement\\.(Topology(\\$.*)?|CpuSet))")
                .check(CLASSES);
    }
}
