package org.berth.offheap;

/**
 * How much memory the open regions of this process have, as of one moment: what {@link Region} has allocated or mapped
 * and not closed. Regions that were lost without being closed count, as their memory is never freed. Memory that the
 * garbage collector frees ({@link Words#ofAuto(long)}, {@link OffHeapBuffer#ofAuto(int)}) does not count.
 *
 * @param count          the number of open regions
 * @param anonymousBytes the size of anonymous regions without a placement, which are resident unless swapped
 * @param placedBytes    the size of regions with a placement, which are resident where they were touched
 * @param mappedBytes    the length of mapped files, whose pages belong to the page cache
 */
public record RegionStatistics(int count, long anonymousBytes, long placedBytes, long mappedBytes) {

    static final RegionStatistics NONE = new RegionStatistics(0, 0, 0, 0);

    RegionStatistics plus(RegionStatistics other) {
        return new RegionStatistics(
                count + other.count,
                anonymousBytes + other.anonymousBytes,
                placedBytes + other.placedBytes,
                mappedBytes + other.mappedBytes);
    }

    RegionStatistics minus(RegionStatistics other) {
        return new RegionStatistics(
                count - other.count,
                anonymousBytes - other.anonymousBytes,
                placedBytes - other.placedBytes,
                mappedBytes - other.mappedBytes);
    }
}
