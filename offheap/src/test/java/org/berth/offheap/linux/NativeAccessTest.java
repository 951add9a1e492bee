package org.berth.offheap.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NativeAccessTest {

    private static final Module WITH = Object.class.getModule();
    private static final Module WITHOUT = NativeAccessTest.class.getModule();

    @ParameterizedTest
    @ValueSource(strings = {"amd64", "x86_64", "aarch64"})
    void linuxOfAKnownArchitectureIsEnough(String arch) {
        assertThat(NativeAccess.unavailabilityCause("Linux", arch, WITH)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "Mac OS X, aarch64, needs Linux: os=Mac OS X;",
        "Windows 11, amd64, needs Linux: os=Windows 11;",
        "'', '', needs Linux: os=;",
        "Linux, riscv64, 'needs a 64-bit processor of x86 or ARM, because others number the system calls differently:"
                + " arch=riscv64;'",
        "Linux, i386, 'needs a 64-bit processor of x86 or ARM, because others number the system calls differently:"
                + " arch=i386;'"
    })
    void otherSystemsGetTheReason(String os, String arch, String reason) {
        assertThat(NativeAccess.unavailabilityCause(os, arch, WITH)).startsWith(reason);
    }

    @Test
    void theReasonNamesTheFlag() {
        assertThat(NativeAccess.unavailabilityCause("Linux", "amd64", WITHOUT))
                .startsWith("native access is not enabled: module=ALL-UNNAMED;")
                .contains("--enable-native-access=ALL-UNNAMED");
    }

    @Test
    void errorsHaveANameAndAdvice() {
        assertThat(Errno.explain(1)).startsWith("error=EPERM; ").contains("container");
        assertThat(Errno.explain(12)).startsWith("error=ENOMEM; ").contains("ulimit");
        assertThat(Errno.explain(22)).startsWith("error=EINVAL; ");
        assertThat(Errno.explain(38)).startsWith("error=ENOSYS; ");
        assertThat(Errno.explain(99)).startsWith("error=99; ").contains("manual");
    }
}
