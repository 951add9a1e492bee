package org.berth.core.store;

import java.lang.constant.ConstantDescs;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The codec of a record class, as a template. {@link RecordCodecs} defines this class once more for each record class,
 * hidden, with the method handles for it: they are constants there, which the JIT compiler inlines. This class itself
 * is never initialized.
 */
final class RecordCodec<R> implements Codec<R> {

    private static final String TYPE;

    /** (record, buffer, offset, offset of the first variable component) to the end. */
    private static final MethodHandle WRITE;

    /** (buffer, offset, length) to the record. */
    private static final MethodHandle READ;

    /** The bytes that each record has. */
    private static final int FIXED;

    /** Whether none has more. */
    private static final boolean ALL_FIXED;

    static {
        try {
            List<?> data = MethodHandles.classData(MethodHandles.lookup(), ConstantDescs.DEFAULT_NAME, List.class);
            TYPE = (String) data.get(0);
            WRITE = (MethodHandle) data.get(1);
            READ = (MethodHandle) data.get(2);
            FIXED = (int) data.get(3);
            ALL_FIXED = (boolean) data.get(4);
        } catch (IllegalAccessException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @Override
    public int write(R value, MutableDirectBuffer into, int offset) {
        try {
            return (int) WRITE.invokeExact((Object) value, into, offset, offset + FIXED) - offset;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    @SuppressWarnings("unchecked") // what the handle returns
    public R read(DirectBuffer from, int offset, int length) {
        if (ALL_FIXED ? length != FIXED : length < FIXED) {
            throw Codecs.malformed(TYPE, length);
        }
        try {
            return (R) READ.invokeExact(from, offset, length);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Neither an accessor nor a canonical constructor declares a checked exception. */
    private static IllegalStateException unexpected(Throwable thrown) {
        return new IllegalStateException("a record has thrown a checked exception: record=" + TYPE, thrown);
    }

    @Override
    public String toString() {
        return "RecordCodec[" + TYPE + "]";
    }
}
