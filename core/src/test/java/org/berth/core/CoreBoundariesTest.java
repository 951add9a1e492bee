package org.berth.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.berth.core.slots.SlotTable;
import org.junit.jupiter.api.Test;

/** What this module may know of: memory through org.berth.offheap, and nothing of how that comes by it. */
class CoreBoundariesTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.berth.core");

    @Test
    void thereAreClassesToCheck() {
        assertThat(CLASSES.contain(SlotTable.class)).isTrue();
    }

    @Test
    void knowsOnlyWhatIsBelowIt() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "org.berth.core..", "org.berth.offheap..", "java..", "org.agrona..", "org.jspecify..")
                .check(CLASSES);
    }

    @Test
    void usesNoMemoryByItself() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveNameMatching(
                        "sun\\..*|jdk\\.internal\\..*|.*Unsafe.*|org\\.agrona\\.BufferUtil|java\\.lang\\.foreign\\..*"
                                + "|java\\.nio\\.channels\\..*|java\\.nio\\.MappedByteBuffer")
                .check(CLASSES);
    }
}
