package org.berth.offheap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.berth.offheap.internal.ReplacementFile;
import org.berth.offheap.internal.TemporaryName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A file is replaced when the other one is complete, and not before; what is left over goes away. */
@Timeout(60)
class ReplacementFileTest {

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void writeOldFile() throws IOException {
        file = Files.writeString(directory.resolve("file"), "old");
    }

    private static void write(ReplacementFile replacement, String text) throws IOException {
        byte[] bytes = ("--" + text + "-").getBytes(StandardCharsets.US_ASCII);
        replacement.write(bytes, 2, text.length());
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    @Test
    void theOldFileStaysUntilTheCommit() throws IOException {
        try (ReplacementFile replacement = ReplacementFile.create(file)) {
            write(replacement, "new");
            write(replacement, "er");
            assertThat(replacement.bytes()).isEqualTo(5);
            assertThat(file).hasContent("old");
            assertThat(files()).hasSize(2);
            replacement.commit();
            assertThat(file).hasContent("newer");
        }
        assertThat(files()).containsExactly(file);
    }

    @Test
    void anotherNameNeedNotExist() throws IOException {
        Path other = directory.resolve("other");
        try (ReplacementFile replacement = ReplacementFile.create(other)) {
            replacement.commit();
        }
        assertThat(other).isEmptyFile();
    }

    @Test
    void withoutACommitNothingIsLeft() throws IOException {
        try (ReplacementFile replacement = ReplacementFile.create(file)) {
            write(replacement, "new");
        }
        assertThat(file).hasContent("old");
        assertThat(files()).containsExactly(file);
    }

    @Test
    void whatIsLeftOverIsDeleted() throws IOException {
        Path left = Files.createFile(TemporaryName.of(file));
        Path ofAnother = Files.createFile(TemporaryName.of(directory.resolve("other")));
        Path notAFile = Files.createDirectory(TemporaryName.of(file));
        Path link = Files.createSymbolicLink(TemporaryName.of(file), ofAnother);
        try (ReplacementFile replacement = ReplacementFile.create(file)) {
            assertThat(left).doesNotExist();
            replacement.commit();
        }
        assertThat(files()).containsExactlyInAnyOrder(file, ofAnother, notAFile, link);
    }

    @Test
    void whatThisProcessIsWritingStays() throws IOException {
        Path alias = Files.createSymbolicLink(directory.resolveSibling(directory.getFileName() + "-alias"), directory);
        try (ReplacementFile first = ReplacementFile.create(file);
                ReplacementFile second = ReplacementFile.create(alias.resolve("file"));
                ReplacementFile third = ReplacementFile.create(file)) {
            assertThat(files()).hasSize(4);
            write(first, "first");
            write(second, "second");
            second.commit();
            assertThat(file).hasContent("second");
            first.commit();
            assertThat(file).hasContent("first");
            assertThat(third.bytes()).isZero();
        } finally {
            Files.delete(alias);
        }
        assertThat(files()).containsExactly(file);
    }

    @Test
    void whatAnotherProcessIsWritingStays() throws Exception {
        Path other = directory.resolve("other");
        try (OtherProcess process = OtherProcess.start(List.of(), "fill", other)) {
            assertThat(process.answer()).isEqualTo("filling");
            List<Path> filling = TemporaryName.list(other);
            assertThat(filling).hasSize(1);
            ReplacementFile.create(other).close();
            ReplacementFile.create(other).close();
            assertThat(TemporaryName.list(other)).isEqualTo(filling);
        }
        // It was killed.
        ReplacementFile.create(other).close();
        assertThat(TemporaryName.list(other)).isEmpty();
    }

    @Test
    void aFileThatWasDeletedMeanwhileIsNotCommitted() throws IOException {
        try (ReplacementFile replacement = ReplacementFile.create(file)) {
            Files.delete(TemporaryName.list(file).getFirst());
            assertThatIOException()
                    .isThrownBy(replacement::commit)
                    .withMessageContaining("path=" + file)
                    .withMessageContaining("the old file is unchanged");
        }
        assertThat(file).hasContent("old");
        assertThat(files()).containsExactly(file);
    }

    @Test
    void aDirectoryIsNotReplaced() throws IOException {
        Path taken = Files.createDirectory(directory.resolve("taken"));
        assertThatIOException().isThrownBy(() -> ReplacementFile.create(taken)).withMessageContaining("path=" + taken);
        assertThat(files()).containsExactlyInAnyOrder(file, taken);
    }

    @Test
    void anInterruptionLeavesNothing() throws IOException {
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(ClosedByInterruptException.class).isThrownBy(() -> {
            try (ReplacementFile replacement = ReplacementFile.create(file)) {
                write(replacement, "new");
                replacement.commit();
            }
        });
        assertThat(Thread.interrupted()).isTrue();
        assertThat(file).hasContent("old");
        assertThat(files()).containsExactly(file);
    }
}
