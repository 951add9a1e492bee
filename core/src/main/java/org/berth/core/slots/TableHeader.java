package org.berth.core.slots;

import static org.berth.core.slots.TableDescriptor.BYTES;
import static org.berth.core.slots.TableDescriptor.BYTE_ORDER;
import static org.berth.core.slots.TableDescriptor.CAPACITY;
import static org.berth.core.slots.TableDescriptor.CHECKSUM;
import static org.berth.core.slots.TableDescriptor.DESCRIPTION;
import static org.berth.core.slots.TableDescriptor.DESCRIPTION_BYTES;
import static org.berth.core.slots.TableDescriptor.FLAGS;
import static org.berth.core.slots.TableDescriptor.MAGIC;
import static org.berth.core.slots.TableDescriptor.MERGE_FLAG;
import static org.berth.core.slots.TableDescriptor.NAME_BYTES;
import static org.berth.core.slots.TableDescriptor.PADDING;
import static org.berth.core.slots.TableDescriptor.PROCESSES;
import static org.berth.core.slots.TableDescriptor.RECYCLING_FLAG;
import static org.berth.core.slots.TableDescriptor.VERSION;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.berth.offheap.Words;

/**
 * The header at the start of a table's file: a description of the table that suffices to find and read
 * everything in it.
 */
final class TableHeader {

    /** The bytes "BerthSlt", in the file in this order on every machine. */
    static final long MAGIC_WORD = ByteBuffer.wrap("BerthSlt".getBytes(StandardCharsets.US_ASCII))
            .order(ByteOrder.nativeOrder())
            .getLong();

    /** Reads as another number on a machine of the other byte order. */
    static final long BYTE_ORDER_MARK = 0x0102_0304_0506_0708L;

    static final long VERSION_NUMBER = 2;

    /** A shorter file has no whole header. */
    private static final long SMALLEST = DESCRIPTION;

    /**
     * More than the most fields with the longest names take; the length must not be believed before the checksum is.
     */
    private static final long MAX_DESCRIPTION_BYTES = 1 << 18;

    private static final long START_TOLERANCE_MILLIS = 1_000;

    private TableHeader() {}

    /** Writes the header of a new table; the magic last, so that a half-made table is not taken for one. */
    static void write(Words words, TableDescriptor descriptor) {
        words.set(BYTE_ORDER, BYTE_ORDER_MARK);
        words.set(VERSION, VERSION_NUMBER);
        words.set(BYTES, descriptor.bytes);
        words.set(CAPACITY, descriptor.capacity);
        words.set(PADDING, descriptor.padding);
        words.set(FLAGS, (descriptor.merging ? MERGE_FLAG : 0) | (descriptor.recycling ? RECYCLING_FLAG : 0));
        words.set(DESCRIPTION_BYTES, descriptor.description.length);
        words.set(NAME_BYTES, descriptor.nameBytes);
        ByteBuffer description =
                ByteBuffer.allocate(roundUp(descriptor.description.length)).order(ByteOrder.nativeOrder());
        description.put(descriptor.description).rewind();
        for (long at = DESCRIPTION; description.hasRemaining(); at += Long.BYTES) {
            words.set(at, description.getLong());
        }
        words.set(CHECKSUM, checksum(words, MAGIC_WORD, description.capacity()));
        words.setRelease(MAGIC, MAGIC_WORD);
    }

    /**
     * Reads the header of a table.
     *
     * @throws IllegalArgumentException if there is no header, or if it is damaged; the message says what is wrong
     */
    static TableDescriptor read(Words words) {
        long bytes = words.size();
        require(bytes >= SMALLEST, "file is too short for a table: bytes=" + bytes + " smallest=" + SMALLEST);
        require(
                words.get(MAGIC) == MAGIC_WORD,
                "file is not a table, or its creation was cut short: magic=0x" + Long.toHexString(words.get(MAGIC))
                        + " expected=0x" + Long.toHexString(MAGIC_WORD));
        require(
                words.get(BYTE_ORDER) != Long.reverseBytes(BYTE_ORDER_MARK),
                "table is of a machine of the other byte order: native=" + ByteOrder.nativeOrder());
        require(words.get(BYTE_ORDER) == BYTE_ORDER_MARK, damaged("byteOrder", words.get(BYTE_ORDER)));
        require(
                words.get(VERSION) == VERSION_NUMBER,
                "table is of another version of the format: version=" + words.get(VERSION) + " expected="
                        + VERSION_NUMBER);
        long length = words.get(DESCRIPTION_BYTES);
        require(length > 0 && length <= MAX_DESCRIPTION_BYTES, damaged("descriptionBytes", length));
        require(
                DESCRIPTION + roundUp((int) length) <= bytes,
                "file is too short for its description: bytes=" + bytes + " description=" + length);
        require(
                words.get(CHECKSUM) == checksum(words, MAGIC_WORD, roundUp((int) length)),
                damaged("checksum", words.get(CHECKSUM)));
        require(
                words.get(BYTES) == bytes,
                (words.get(BYTES) > bytes ? "file is too short" : "file is too long") + ": bytes=" + bytes
                        + " expected=" + words.get(BYTES));

        // What follows holds wherever the checksum does, unless another program wrote it.
        long capacity = words.get(CAPACITY);
        long padding = words.get(PADDING);
        long flags = words.get(FLAGS);
        long nameBytes = words.get(NAME_BYTES);
        require(capacity == (int) capacity, damaged("capacity", capacity));
        require(padding == (int) padding, damaged("padding", padding));
        require(nameBytes == (int) nameBytes, damaged("nameBytes", nameBytes));
        require((flags & ~(MERGE_FLAG | RECYCLING_FLAG)) == 0, damaged("flags", flags));
        String description = description(words, (int) length);
        RecordLayout layout = LayoutDescription.parse(description);
        require(
                description.equals(new String(LayoutDescription.of(layout), StandardCharsets.UTF_8)),
                "description of the fields is not as it must be: description=" + description);
        TableDescriptor descriptor = new TableDescriptor(
                layout,
                (int) capacity,
                (int) padding,
                (flags & MERGE_FLAG) != 0 ? OnRelease.MERGE : OnRelease.KEEP,
                (flags & RECYCLING_FLAG) != 0,
                true,
                (int) nameBytes,
                NodePartitions.ONE);
        require(
                descriptor.bytes == bytes,
                "capacity and layout need another length: bytes=" + bytes + " needed=" + descriptor.bytes + " capacity="
                        + capacity + " maxNameBytes=" + nameBytes);
        return descriptor;
    }

    /** Enters this process as the first and, in this version, only one of the table. */
    static void register(Words words) {
        ProcessHandle self = ProcessHandle.current();
        for (long at = PROCESSES; at < DESCRIPTION; at += Long.BYTES) {
            words.set(at, 0);
        }
        // The start first: a pid without one would be taken for a process whose start is unknown.
        words.setRelease(PROCESSES + Long.BYTES, startOf(self));
        words.setRelease(PROCESSES, self.pid());
    }

    /** Removes this process, which has ended its use of the table. */
    static void unregister(Words words) {
        words.setRelease(PROCESSES, 0);
    }

    /**
     * Returns the id of the process that has the table open, or 0 if there is none: if it has ended, or is this one,
     * which then has it under another name, or is a later process of the same id.
     */
    static long userOf(Words words) {
        long pid = words.get(PROCESSES);
        if (pid == 0 || pid == ProcessHandle.current().pid()) {
            return 0;
        }
        long start = words.get(PROCESSES + Long.BYTES);
        return ProcessHandle.of(pid)
                .filter(found -> found.isAlive() && !isZombie(found.pid()))
                .filter(found -> isSameStart(start, startOf(found)))
                .map(ProcessHandle::pid)
                .orElse(0L);
    }

    /**
     * Whether a process that is alive is the one that has entered its start. The clock that the system counts from may
     * be rounded differently in each process that asks.
     *
     * @param entered by the process itself, for which it is unknown only where it is for all
     * @param found   0 if the system does not tell this process
     */
    private static boolean isSameStart(long entered, long found) {
        return found == 0 || Math.abs(entered - found) <= START_TOLERANCE_MILLIS;
    }

    /**
     * Whether a process has ended, and its parent has not taken note of that yet: the JDK says that it is alive, for
     * as long as the parent likes. Linux only; elsewhere false.
     */
    private static boolean isZombie(long pid) {
        String stat;
        try {
            stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return false;
        }
        // After the name, which is in parentheses and may have any character: the state first, and then, as the 18th,
        // the number of threads; those of a process may outlive the first one.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
        return fields.length > 17
                && (fields[0].equals("Z") || fields[0].equals("X"))
                && fields[17].length() == 1
                && fields[17].compareTo("1") <= 0;
    }

    /** Returns when a process has started, in milliseconds since 1970; 0 if that is unknown. */
    private static long startOf(ProcessHandle process) {
        return process.info().startInstant().map(start -> start.toEpochMilli()).orElse(0L);
    }

    /**
     * Returns the checksum of the words before it and of the description, with {@code magic} in place of the word that
     * is written last.
     */
    private static long checksum(Words words, long magic, int descriptionBytes) {
        CRC32C crc = new CRC32C();
        ByteBuffer word = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
        crc.update(word.putLong(0, magic).rewind());
        for (long at = MAGIC + Long.BYTES; at < CHECKSUM; at += Long.BYTES) {
            crc.update(word.putLong(0, words.get(at)).rewind());
        }
        for (long at = DESCRIPTION; at < DESCRIPTION + descriptionBytes; at += Long.BYTES) {
            crc.update(word.putLong(0, words.get(at)).rewind());
        }
        return crc.getValue();
    }

    private static String description(Words words, int length) {
        ByteBuffer bytes = ByteBuffer.allocate(roundUp(length)).order(ByteOrder.nativeOrder());
        for (long at = DESCRIPTION; bytes.hasRemaining(); at += Long.BYTES) {
            bytes.putLong(words.get(at));
        }
        return new String(bytes.array(), 0, length, StandardCharsets.UTF_8);
    }

    private static int roundUp(int bytes) {
        return (bytes + Long.BYTES - 1) & -Long.BYTES;
    }

    private static String damaged(String what, long found) {
        return "header of the table is damaged: " + what + "=" + found;
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
