package org.berth.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfilersTest {

    @TempDir
    private Path folder;

    @Test
    void eachIsFoundOrHasAReason() {
        Profilers profilers = Profilers.find();

        assertThat(profilers.found().size() + profilers.missing().size()).isEqualTo(2);
        assertThat(profilers.missing()).allSatisfy(reason -> assertThat(reason).matches("(async-profiler|perf): .+"));
    }

    @Test
    void asyncProfilerIsBesideItsProgram() throws IOException {
        Path bin = Files.createDirectories(folder.resolve("async/bin"));
        Path lib = Files.createDirectories(folder.resolve("async/lib"));
        String path = folder.resolve("nowhere") + File.pathSeparator + bin;

        assertThat(Profilers.beside(path, "asprof")).isNull();
        Path program = Files.createFile(bin.resolve("asprof"));
        assertThat(program.toFile().setExecutable(true)).isTrue();
        assertThat(Profilers.beside(path, "asprof")).as("without its library").isNull();
        Path library = Files.createFile(lib.resolve("libasyncProfiler.so"));
        assertThat(Profilers.beside(path, "asprof")).isEqualTo(library.toAbsolutePath());
    }

    @Test
    void onlyAProfilerThatWritesFilesGetsAFolder() {
        Path to = Path.of("to");
        assertThat(new Profilers.Profiler("a", "async", "output=flamegraph", true).options(to))
                .isEqualTo("output=flamegraph;dir=to");
        assertThat(new Profilers.Profiler("perf", "perfnorm", "", false).options(to))
                .isEmpty();
    }
}
