package org.berth.core.map;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.berth.offheap.Words;
import org.berth.offheap.placement.PlacementReport;
import org.jspecify.annotations.Nullable;

/**
 * The words of a table, in one chunk or, if it is large, in several. {@link Table} extends this class so that the chunk
 * is a field of the table itself, which saves each operation a dependent load.
 */
abstract class TableWords {

    final TableMemory memory;

    /** The same as {@code memory.id()}, one load nearer. */
    final long id;

    /** The only chunk, or null. */
    final @Nullable Words words;

    /** The chunks, or null if there is only one. */
    private final @Nullable Words @Nullable [] chunks;

    private final int chunkShift;
    private final long chunkMask;

    TableWords(TableMemory memory) {
        this.memory = memory;
        id = memory.id();
        chunkShift = Long.numberOfTrailingZeros(memory.chunkBytes());
        chunkMask = memory.chunkBytes() - 1;
        if (memory.chunkCount() == 1) {
            words = memory.words(0);
            chunks = null;
        } else {
            words = null;
            chunks = new Words[memory.chunkCount()];
            for (int i = 0; i < chunks.length; i++) {
                chunks[i] = memory.words(i);
            }
        }
    }

    /** Returns the words of the chunk in which a bucket is: once for several accesses, which halves their code. */
    @SuppressWarnings("NullAway") // there is either the one or the others
    final Words chunkOf(long offset) {
        return words != null ? words : chunks[(int) (offset >>> chunkShift)];
    }

    /** Returns an offset within its chunk. */
    final long inChunk(long offset) {
        return offset & chunkMask;
    }

    final long wordAt(long offset) {
        return chunkOf(offset).get(inChunk(offset));
    }

    final long wordAtOpaque(long offset) {
        return chunkOf(offset).getOpaque(inChunk(offset));
    }

    final long wordAtAcquire(long offset) {
        return chunkOf(offset).getAcquire(inChunk(offset));
    }

    final long compareAndExchangeAt(long offset, long expected, long word) {
        return chunkOf(offset).compareAndExchange(inChunk(offset), expected, word);
    }

    /** Returns where the memory of all chunks is. */
    final PlacementReport placementReport() {
        return chunks == null ? reportOf(words) : reportOf(chunks);
    }

    @SuppressWarnings("NullAway") // of a published table, all chunks are there
    private static PlacementReport reportOf(@Nullable Words... all) {
        List<PlacementReport> reports = Arrays.stream(all)
                .map(words -> words.placementReport(0, words.size()))
                .toList();
        SortedMap<Integer, Long> bytesOnNode = new TreeMap<>();
        Set<String> unmet = new LinkedHashSet<>();
        long untouched = 0;
        long huge = 0;
        boolean hugeIsKnown = true;
        for (PlacementReport report : reports) {
            report.bytesOnNode().forEach((node, bytes) -> bytesOnNode.merge(node, bytes, Long::sum));
            untouched += report.untouchedBytes();
            huge += report.hugeBytes().orElse(0);
            hugeIsKnown &= report.hugeBytes().isPresent();
            unmet.addAll(report.unmet());
        }
        return new PlacementReport(
                reports.getFirst().requested(),
                bytesOnNode,
                untouched,
                hugeIsKnown ? OptionalLong.of(huge) : OptionalLong.empty(),
                List.copyOf(unmet));
    }
}
