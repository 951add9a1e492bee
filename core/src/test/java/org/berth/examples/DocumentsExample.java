package org.berth.examples;

// docs: begin
import org.agrona.MutableDirectBuffer;
import org.berth.core.store.BytesMap;
import org.berth.offheap.OffHeapBuffer;

public final class DocumentsExample {

    /** A thread's own buffers, used for one call after the other. */
    private static final class Documents {

        private final BytesMap map;
        private final MutableDirectBuffer key = OffHeapBuffer.ofAuto(256);
        private final MutableDirectBuffer value = OffHeapBuffer.ofAuto(4_096);

        Documents(BytesMap map) {
            this.map = map;
        }

        boolean add(String name, String text) {
            int keyLength = key.putStringWithoutLengthUtf8(0, name);
            int length = value.putStringWithoutLengthUtf8(0, text);
            return map.putIfAbsent(key, 0, keyLength, value, 0, length); // one step: true for one thread only
        }

        void append(String name, String more) {
            int keyLength = key.putStringWithoutLengthUtf8(0, name);
            while (true) {
                int seen = map.get(key, 0, keyLength, value, 0); // a copy, one value as a whole
                if (seen == BytesMap.MISSING) {
                    throw new IllegalArgumentException("no document: name=" + name);
                }
                int length = value.putStringWithoutLengthUtf8(seen, more); // behind it
                if (map.compareAndSet(key, 0, keyLength, value, 0, seen, value, 0, seen + length)) {
                    return; // else another thread was faster: begin again with what it has stored
                }
            }
        }

        String text(String name) {
            int length = map.get(key, 0, key.putStringWithoutLengthUtf8(0, name), value, 0);
            return length == BytesMap.MISSING ? "(none)" : value.getStringWithoutLengthUtf8(0, length);
        }
    }

    public static void main(String[] args) throws InterruptedException {
        try (BytesMap map = BytesMap.builder().maximumBytes(64 << 20).build()) {
            Documents mine = new Documents(map);
            System.out.println(mine.add("log", "begun") + " " + mine.add("log", "again"));
            Thread other = Thread.ofPlatform().start(() -> {
                Documents theirs = new Documents(map);
                for (int i = 0; i < 100; i++) {
                    theirs.append("log", "+");
                }
            });
            for (int i = 0; i < 100; i++) {
                mine.append("log", "+");
            }
            other.join();
            System.out.println(mine.text("log").length() + " " + mine.text("readme") + " " + map.size());
        }
    }
}
// docs: end
