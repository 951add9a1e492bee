/** Lock-free structures off the heap that many threads share without locking each other out. */
// Agrona, an automatic module, reaches this module through org.berth.offheap.
@SuppressWarnings("requires-transitive-automatic")
module org.berth.core {
    requires transitive org.berth.offheap;
    requires com.dynatrace.hash4j;
    requires org.jctools.core.jdk11;
    requires static transitive org.jspecify;

    exports org.berth.core.map;
    exports org.berth.core.lock;
    exports org.berth.core.slots;
    exports org.berth.core.store;
}
