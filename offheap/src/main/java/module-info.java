/**
 * Off-heap memory for lock-free structures: regions, 8-byte words with every memory order, and Agrona's buffer contract
 * over the JDK's foreign memory, without {@code Unsafe}, JNI or command-line flags.
 */
// Agrona ships as an automatic module; its interfaces are part of this module's API.
// Offheap is compiled before the module that its last export names.
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic", "module"})
module org.berth.offheap {
    requires transitive org.agrona;
    requires static transitive org.jspecify;

    exports org.berth.offheap;
    exports org.berth.offheap.placement;
    exports org.berth.offheap.internal to
            org.berth.core;
}
