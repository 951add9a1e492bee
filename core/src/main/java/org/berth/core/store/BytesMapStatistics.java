package org.berth.core.store;

/**
 * What a {@link BytesMap} holds and what its memory is used for, as seen while other threads update it.
 *
 * @param size             the number of mappings
 * @param usedBytes        of segments that have records, live or dead
 * @param allocatedBytes   of all segments, with those kept for the next use
 * @param indexBytes       of the index
 * @param segmentsTaken    how often a segment was taken into use
 * @param segmentsRecycled how often one had nothing live any more
 * @param evacuated        records that were moved out of sparse segments
 * @param evicted          mappings that were removed for want of memory
 * @param expired          mappings that were removed or replaced because their lifetime was over
 * @param hits             reads of a key that have found a value, if the map counts them
 * @param misses           reads of a key that have not
 */
public record BytesMapStatistics(
        long size,
        long usedBytes,
        long allocatedBytes,
        long indexBytes,
        long segmentsTaken,
        long segmentsRecycled,
        long evacuated,
        long evicted,
        long expired,
        long hits,
        long misses) {}
