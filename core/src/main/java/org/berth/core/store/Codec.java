package org.berth.core.store;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Writes objects of a type as bytes, and reads them back: how an {@link OffHeapMap} keeps its keys and values.
 *
 * <p>Use those of {@link Codecs} for strings, numbers, records and pairs. Write one for a message of SBE, or around a
 * library for JSON or Kryo.
 *
 * <p><b>Contract:</b>
 *
 * <ul>
 *   <li>{@code read} returns an object that equals the one that was written, and keeps no reference to the buffer.
 *   <li>Of a key: equal objects are written as the same bytes, and others as other bytes. A map compares keys by their
 *       bytes alone.
 *   <li>{@code write} writes inside its range only, and does not keep the buffer.
 *   <li>Any number of threads call both at the same time. A codec that needs memory of its own makes it for each call.
 * </ul>
 *
 * <p><b>Errors:</b> what a codec throws, the map's method throws; nothing is changed then.
 *
 * @param <T> the type of the objects, never null
 */
public interface Codec<T> {

    /**
     * Writes an object.
     *
     * @param value  the object
     * @param into   gets the bytes. It grows as it is written to. From {@code offset} on it is zero, so that bytes that
     *               are left out are the same each time. It has an array and no address: Agrona's {@code UnsafeBuffer}
     *               is copied into it by this buffer's {@code putBytes}
     * @param offset where the bytes begin
     * @return the number of bytes
     */
    int write(T value, MutableDirectBuffer into, int offset);

    /**
     * Reads an object.
     *
     * @param from   has the bytes, and others around them. To be read during this call only
     * @param offset where the bytes begin
     * @param length as {@link #write} has returned it
     * @return the object
     * @throws IllegalArgumentException if the bytes are not those of an object, as far as the codec can tell
     */
    T read(DirectBuffer from, int offset, int length);
}
