package org.berth.bench.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFileTest {

    @TempDir
    private Path folder;

    @Test
    void whatIsWrittenCanBeRead() throws IOException {
        RunFile run = RunFile.Begin.now("map", "compare --map <x>").now(3, 3, 0, List.of("known"));
        run.write(folder);

        assertThat(folder.resolve("run.json")).content().contains("\"schema\": 1", "compare --map <x>");
        assertThat(RunFile.parse(Files.readString(folder.resolve("run.json")))).isEqualTo(run);
        assertThat(run.berth()).matches("\\d+\\.\\d+\\.\\d+(-SNAPSHOT)?");
    }

    @Test
    void whatIsMissingIsACaveat() {
        RunFile run = RunFile.Begin.now("map", "compare --map").now(3, 1, 1, List.of());

        assertThat(run.caveats()).contains("1 of 3 measurements are there, 1 failed");
        assertThat(run.lines()).contains("**Not to be published: 1 of 3 measurements are there, 1 failed.**");
        assertThat(RunFile.Begin.now("map", "compare --map")
                        .now(3, 3, 0, List.of())
                        .caveats())
                .noneMatch(caveat -> caveat.contains("measurements"));
    }

    @Test
    void foreignFilesAreRefused() {
        for (String json : List.of("", "[]", "{}", "{\"schema\": 1}", "hello")) {
            assertThatIllegalArgumentException().isThrownBy(() -> RunFile.parse(json));
        }
    }

    @Test
    void aCommandKeepsItsPathsToItself() {
        assertThat(RunFolder.command("compare", List.of("compare", "--map", "--out", "/home/me", "--forks=2")))
                .isEqualTo("compare --map --forks=2");
        assertThat(RunFolder.command("compare", List.of("--out=/home/me", "--full")))
                .isEqualTo("compare --full");
    }
}
