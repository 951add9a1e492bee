package org.berth.offheap.linux;

/** The kernel's error numbers. Those used here are the same on x86 and ARM. */
public final class Errno {

    /** Out of memory. */
    public static final int ENOMEM = 12;

    /** Invalid argument. */
    public static final int EINVAL = 22;

    /** File too large, for the file system or the limit of the process. */
    public static final int EFBIG = 27;

    /** No space left on the device. */
    public static final int ENOSPC = 28;

    /** The user's quota is exhausted. */
    public static final int EDQUOT = 122;

    private static final int EPERM = 1;
    private static final int EAGAIN = 11;
    private static final int ENOSYS = 38;

    private Errno() {}

    /**
     * Returns the name of an error and what to do about it, for the end of a message.
     *
     * @param errno the error number, positive
     * @return {@code error=EPERM; …}
     */
    public static String explain(long errno) {
        return "error=" + name(errno) + "; " + advice(errno);
    }

    static String name(long errno) {
        return switch ((int) errno) {
            case EPERM -> "EPERM";
            case 2 -> "ENOENT";
            case 3 -> "ESRCH";
            case 4 -> "EINTR";
            case 5 -> "EIO";
            case 7 -> "E2BIG";
            case EAGAIN -> "EAGAIN";
            case ENOMEM -> "ENOMEM";
            case 13 -> "EACCES";
            case 14 -> "EFAULT";
            case 16 -> "EBUSY";
            case 19 -> "ENODEV";
            case EINVAL -> "EINVAL";
            case EFBIG -> "EFBIG";
            case ENOSPC -> "ENOSPC";
            case ENOSYS -> "ENOSYS";
            case 95 -> "EOPNOTSUPP";
            case EDQUOT -> "EDQUOT";
            case 133 -> "EHWPOISON";
            default -> Long.toString(errno);
        };
    }

    private static String advice(long errno) {
        return switch ((int) errno) {
            case EPERM ->
                "a sandbox forbids the call; in a container allow it (capability SYS_NICE, or another seccomp profile)";
            case ENOMEM ->
                "request less, or raise the limit: ulimit -v, vm.overcommit_memory, vm.max_map_count,"
                        + " the container's memory";
            case EINVAL ->
                "this kernel does not support the request, or not for these nodes, CPUs or sizes;"
                        + " compare with Topology.current()";
            case ENOSYS ->
                "this kernel was built without the call, or a sandbox hides it;"
                        + " use another kernel or leave the request out";
            case EFBIG -> "write less, or raise the limit: ulimit -f, or another file system";
            case ENOSPC, EDQUOT -> "free space on the device or raise the quota, or use less";
            case EAGAIN -> "the kernel lacks a resource at the moment; try again";
            default -> "look the error up in the call's page in section 2 of the manual";
        };
    }
}
