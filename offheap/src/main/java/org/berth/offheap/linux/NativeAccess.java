package org.berth.offheap.linux;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Whether system calls are to be had in this process. */
public final class NativeAccess {

    private NativeAccess() {}

    /**
     * What is in the way of system calls. Native access can be enabled later, so ask again. Asking enables nothing and prints
     * no warning.
     *
     * @return the reason and what to do, or null if nothing is in the way
     */
    public static @Nullable String obstacle() {
        return obstacle(
                System.getProperty("os.name", ""), System.getProperty("os.arch", ""), NativeAccess.class.getModule());
    }

    static @Nullable String obstacle(String os, String arch, Module module) {
        if (!os.equals("Linux")) {
            return "needs Linux: os=" + os + "; leave placement out here";
        }
        if (SystemCallNumbers.of(arch) == null) {
            return "needs a 64-bit processor of x86 or ARM, others number the system calls differently: arch="
                    + arch.toLowerCase(Locale.ROOT) + "; leave placement out here";
        }
        if (!module.isNativeAccessEnabled()) {
            String name = module.isNamed() ? module.getName() : "ALL-UNNAMED";
            String advice = "start java with --enable-native-access=" + name;
            return "native access is not enabled: module=" + name + "; " + advice
                    + (module.isNamed()
                            ? ""
                            : ", or say so in the jar that it runs (Enable-Native-Access: ALL-UNNAMED)");
        }
        return null;
    }

    /**
     * Throws if system calls are not to be had.
     *
     * @param what is wanted, the subject of the message
     * @throws UnsupportedOperationException with the reason
     */
    public static void require(String what) {
        String obstacle = obstacle();
        if (obstacle != null) {
            throw new UnsupportedOperationException(what + " is not available here: " + obstacle);
        }
    }
}
