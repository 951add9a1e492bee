package org.berth.offheap.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JvmOptionsTest {

    private static final String OPTION = "-XX:MaxDirectMemorySize=";

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "12k, 12288",
        "3M, 3145728",
        "2g, 2147483648",
        "1T, 1099511627776",
        "9223372036854775807, 9223372036854775807",
        "9223372036854775808, 9223372036854775807",
        "9007199254740992k, 9223372036854775807",
        "'', -1",
        "k, -1",
        "-1, -1",
        "+1, -1",
        "1kk, -1",
        "0x10, -1",
        "1.5g, -1"
    })
    void sizesAreThoseOfTheJvm(String text, long bytes) {
        assertThat(JvmOptions.parseBytes(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                OPTION + "5 Main",
                "-Xmx1g -cp a:b " + OPTION + "5 -jar x.jar",
                OPTION + "7 --add-opens m/p=ALL-UNNAMED --source 25 -p mods " + OPTION + "5 -m a/b",
                OPTION + "5 Main " + OPTION + "6",
                OPTION + "5 -jar x.jar " + OPTION + "6",
                OPTION + "5 --module a/b " + OPTION + "6",
                "-cp " + OPTION + "6 " + OPTION + "5 Main"
            })
    void theLastOptionBeforeTheProgramCounts(String arguments) {
        assertThat(find(Map.of(), arguments)).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Main", "-jar x.jar " + OPTION + "5", OPTION + "0 Main", OPTION + "5k5 Main", OPTION})
    void withoutTheOptionThereIsNone(String arguments) {
        assertThat(find(Map.of(), arguments)).isZero();
    }

    @Test
    void theEnvironmentHasOptionsToo() {
        String tool = "-Da='b c' " + OPTION + "1k";
        assertThat(find(Map.of("JAVA_TOOL_OPTIONS", tool), "Main")).isEqualTo(1024);
        assertThat(find(Map.of("JAVA_TOOL_OPTIONS", tool, "JDK_JAVA_OPTIONS", OPTION + "2"), "Main"))
                .isEqualTo(2);
        assertThat(find(Map.of("JDK_JAVA_OPTIONS", OPTION + "2"), OPTION + "3 Main"))
                .isEqualTo(3);
        assertThat(find(Map.of("_JAVA_OPTIONS", OPTION + "4"), OPTION + "3 Main"))
                .isEqualTo(4);
    }

    @Test
    void argumentFilesAreRead(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(
                folder.resolve("options"),
                "# " + OPTION + "1\n-cp \"a b:c#d\" # the class path\n-Da='x y'\n" + OPTION + "5 #\n");
        assertThat(find(Map.of(), "-Xmx1g @" + file + " Main")).isEqualTo(5);
        assertThat(find(Map.of(), "@" + file + " " + OPTION + "6 Main")).isEqualTo(6);
        assertThat(find(Map.of(), "@" + folder.resolve("missing") + " " + OPTION + "6 Main"))
                .isEqualTo(6);
        assertThat(find(Map.of(), "Main @" + file)).isZero();
    }

    private static long find(Map<String, String> environment, String arguments) {
        return JvmOptions.maxDirectMemory(
                environment::get, arguments.isEmpty() ? List.of() : List.of(arguments.split(" ", -1)));
    }
}
