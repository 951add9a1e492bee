package org.berth.offheap.linux;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Whether system calls are available in this process. */
public final class NativeAccess {

    private NativeAccess() {}

    /**
     * Returns why system calls are unavailable. Native access can be enabled later, so do not keep the answer. This
     * enables nothing and prints no warning.
     *
     * @return the reason and what to do, or {@code null} if system calls are available
     */
    public static @Nullable String unavailabilityCause() {
        return unavailabilityCause(
                System.getProperty("os.name", ""), System.getProperty("os.arch", ""), NativeAccess.class.getModule());
    }

    static @Nullable String unavailabilityCause(String os, String arch, Module module) {
        if (!os.equals("Linux")) {
            return "needs Linux: os=" + os + "; leave placement out on this system";
        }
        if (SystemCallNumbers.of(arch) == null) {
            return "needs a 64-bit processor of x86 or ARM, because others number the system calls differently: arch="
                    + arch.toLowerCase(Locale.ROOT) + "; leave placement out on this system";
        }
        if (!module.isNativeAccessEnabled()) {
            String name = module.isNamed() ? module.getName() : "ALL-UNNAMED";
            String advice = "start java with --enable-native-access=" + name;
            return "native access is not enabled: module=" + name + "; " + advice
                    + (module.isNamed()
                            ? ""
                            : ", or put Enable-Native-Access: ALL-UNNAMED into the manifest of the jar that it runs");
        }
        return null;
    }

    /**
     * Throws if system calls are unavailable.
     *
     * @param feature that needs them, the subject of the message
     * @throws UnsupportedOperationException with the reason
     */
    public static void ensureAvailable(String feature) {
        String cause = unavailabilityCause();
        if (cause != null) {
            throw new UnsupportedOperationException(feature + " is not available here: " + cause);
        }
    }
}
