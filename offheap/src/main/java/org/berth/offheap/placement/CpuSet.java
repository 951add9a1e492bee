package org.berth.offheap.placement;

import java.util.BitSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * An immutable set of CPUs, by the kernel's numbers.
 *
 * <p>Use this for the CPUs of a {@link Topology} and for those that {@link ThreadAffinity#bindToCpus(CpuSet)} binds a
 * thread to. Any number of threads may share a set.
 */
public final class CpuSet {

    /** Twice what any kernel is built for, and few enough that a malformed file does not cost much memory or time. */
    static final int MAX_CPUS = 1 << 14;

    private static final CpuSet EMPTY = new CpuSet(new BitSet());
    private static final Pattern RANGE = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");

    private final BitSet cpus;

    /** Keeps the bits, which the caller must not change any more. */
    private CpuSet(BitSet cpus) {
        this.cpus = cpus;
    }

    /** The empty set. */
    static CpuSet empty() {
        return EMPTY;
    }

    /**
     * Returns the set of these CPUs.
     *
     * @param cpus numbers from 0 to 16383, in any order
     * @return the set
     * @throws IllegalArgumentException if a number is out of range
     */
    public static CpuSet of(int... cpus) {
        BitSet bits = new BitSet();
        for (int cpu : cpus) {
            if (cpu < 0 || cpu >= MAX_CPUS) {
                throw new IllegalArgumentException("a CPU's number is from 0 to " + (MAX_CPUS - 1) + ": cpu=" + cpu);
            }
            bits.set(cpu);
        }
        return new CpuSet(bits);
    }

    /**
     * Parses the kernel's list format, which {@code taskset -c} uses too: {@code 0-3,8}. An empty text is an empty set.
     *
     * @param text numbers and ranges, separated by commas
     * @return the set
     * @throws IllegalArgumentException if the text has another format
     */
    public static CpuSet parse(String text) {
        BitSet bits = new BitSet();
        String list = text.strip();
        for (String range : list.isEmpty() ? new String[0] : list.split(",", -1)) {
            Matcher matcher = RANGE.matcher(range.strip());
            if (!matcher.matches()) {
                throw malformed(text, range);
            }
            int first = Integer.parseInt(matcher.group(1));
            int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
            if (first > last || last >= MAX_CPUS) {
                throw malformed(text, range);
            }
            bits.set(first, last + 1);
        }
        return new CpuSet(bits);
    }

    private static IllegalArgumentException malformed(String text, String range) {
        return new IllegalArgumentException("not a list of CPUs like 0-3,8 with numbers below " + MAX_CPUS + ": part=\""
                + range + "\" list=\"" + text + "\"");
    }

    /**
     * Returns whether this set contains a CPU.
     *
     * @param cpu any number
     * @return {@code true} if it does
     */
    public boolean contains(int cpu) {
        return cpu >= 0 && cpus.get(cpu);
    }

    /**
     * Returns whether this set contains all CPUs of another set.
     *
     * @param others the other set
     * @return {@code true} if it does
     */
    public boolean containsAll(CpuSet others) {
        return others.minus(this).isEmpty();
    }

    /**
     * Returns whether this set is empty.
     *
     * @return {@code true} if it has no CPU
     */
    public boolean isEmpty() {
        return cpus.isEmpty();
    }

    /**
     * Returns the number of CPUs in this set.
     *
     * @return the number
     */
    public int size() {
        return cpus.cardinality();
    }

    /**
     * Returns the CPUs of this set.
     *
     * @return their numbers, ascending
     */
    public IntStream stream() {
        return cpus.stream();
    }

    CpuSet and(CpuSet others) {
        BitSet bits = (BitSet) cpus.clone();
        bits.and(others.cpus);
        return new CpuSet(bits);
    }

    CpuSet minus(CpuSet others) {
        BitSet bits = (BitSet) cpus.clone();
        bits.andNot(others.cpus);
        return new CpuSet(bits);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CpuSet set && cpus.equals(set.cpus);
    }

    @Override
    public int hashCode() {
        return cpus.hashCode();
    }

    /** Returns the set in the kernel's list format, which {@link #parse} reads. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int first = cpus.nextSetBit(0); first >= 0; ) {
            int end = cpus.nextClearBit(first);
            text.append(text.isEmpty() ? "" : ",").append(first);
            if (end - first > 1) {
                text.append('-').append(end - 1);
            }
            first = cpus.nextSetBit(end);
        }
        return text.toString();
    }
}
