package org.berth.offheap;

/**
 * How long the tests of all modules run: briefly by default, so that a build takes minutes, or at length with
 * {@code -Pthorough}, which sets the system property {@code berth.thorough}.
 *
 * <p>The depth changes how often a test tries, never what it asserts. A test that must catch a broken variant is as
 * deep in both, because it ends when it has caught it.
 */
public final class TestDepth {

    public static final boolean THOROUGH = Boolean.getBoolean("berth.thorough");

    private TestDepth() {}

    /** Returns the number for a build by default, or the one for a thorough build. */
    public static int of(int brief, int thorough) {
        return THOROUGH ? thorough : brief;
    }

    /** Returns the value of the system property {@code name}, or {@link #of(int, int)} if it is not set. */
    public static int of(String name, int brief, int thorough) {
        return Integer.getInteger(name, of(brief, thorough));
    }
}
