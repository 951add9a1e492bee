package org.berth.core.store;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Makes codecs for record classes.
 *
 * <pre>
 *            0              fixed
 *            +--------------+------------------+--  --+-----------------+
 *            | fixed part   | first variable   |  ..  | last variable   |
 *            +--------------+------------------+--  --+-----------------+
 * </pre>
 *
 * <p>The fixed part has the components in their order: a primitive as it is, anything else as an int that says where
 * its bytes end, from 0 on, or the complement of that if the component is null and has none. So each component can be
 * read by itself, and there is one way to write a record.
 */
final class RecordCodecs {

    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

    private final MethodHandles.@Nullable Lookup caller;

    /** Record classes that are being looked at, each with a component of the next one's type. */
    private final Set<Class<?>> outer = new HashSet<>();

    private RecordCodecs(MethodHandles.@Nullable Lookup caller) {
        this.caller = caller;
    }

    static <R extends Record> Codec<R> of(Class<R> type, MethodHandles.@Nullable Lookup caller) {
        @SuppressWarnings("unchecked") // its handles are those of the class
        Codec<R> codec = (Codec<R>) new RecordCodecs(caller).codec(type);
        return codec;
    }

    private Codec<?> codec(Class<?> type) {
        if (!type.isRecord()) {
            throw new IllegalArgumentException("not a record class: type=" + type.getName());
        }
        if (!outer.add(type)) {
            throw new IllegalArgumentException(
                    "a record class contains itself: record=" + type.getName() + "; write a codec for it");
        }
        try {
            return define(type);
        } catch (IllegalAccessException | InaccessibleObjectException e) {
            throw new IllegalArgumentException(
                    "no access to a record class: record=" + type.getName() + "; open its package to org.berth.core, or"
                            + " call Codecs.ofRecord with MethodHandles.lookup() of its module",
                    e);
        } catch (ReflectiveOperationException | IOException e) {
            throw new IllegalStateException("no codec can be made: record=" + type.getName(), e);
        } finally {
            outer.remove(type);
        }
    }

    private Codec<?> define(Class<?> type) throws ReflectiveOperationException, IOException {
        RecordComponent[] components = type.getRecordComponents();
        int fixed = Stream.of(components).mapToInt(RecordCodecs::fixedBytes).sum();
        MethodHandle write = writesNothing(type);
        MethodHandle[] readers = new MethodHandle[components.length];
        int at = 0;
        int previous = -1;
        for (int i = 0; i < components.length; i++) {
            PrimitiveComponent primitive = PrimitiveComponent.OF.get(components[i].getType());
            MethodHandle writer;
            if (primitive != null) {
                writer = MethodHandles.insertArguments(primitive.writer(), 0, at);
                readers[i] = MethodHandles.insertArguments(primitive.reader(), 0, at);
            } else {
                boolean last = Stream.of(components).skip(i + 1).allMatch(next -> isPrimitive(next));
                VariableComponent variable = new VariableComponent(codec(components[i]), at, previous, fixed, last);
                writer = VariableComponent.WRITER.bindTo(variable);
                readers[i] = VariableComponent.READER.bindTo(variable);
                previous = at;
            }
            write = append(write, writer, accessor(components[i]));
            at += fixedBytes(components[i]);
        }
        MethodHandle read = readAll(constructor(type), readers);
        List<Object> data = List.of(
                type.getSimpleName(),
                write.asType(write.type().changeParameterType(0, Object.class)),
                read.asType(read.type().changeReturnType(Object.class)),
                fixed,
                previous < 0);
        MethodHandles.Lookup hidden = LOOKUP.defineHiddenClassWithClassData(template(), data, true);
        return (Codec<?>) hidden.lookupClass().getDeclaredConstructor().newInstance();
    }

    private static boolean isPrimitive(RecordComponent component) {
        return component.getType().isPrimitive();
    }

    private static int fixedBytes(RecordComponent component) {
        PrimitiveComponent primitive = PrimitiveComponent.OF.get(component.getType());
        return primitive == null ? Integer.BYTES : primitive.bytes();
    }

    @SuppressWarnings("unchecked") // it gets what the component is
    private Codec<Object> codec(RecordComponent component) {
        return (Codec<Object>) codecOf(component);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // an enum's class has its own type only
    private Codec<?> codecOf(RecordComponent component) {
        Class<?> type = component.getType();
        if (type == String.class) {
            return Codecs.ofString();
        } else if (type == UUID.class) {
            return Codecs.ofUuid();
        } else if (type == byte[].class) {
            return Codecs.ofBytes();
        } else if (type.isEnum()) {
            return Codecs.ofEnum((Class) type);
        } else if (type.isRecord()) {
            return codec(type);
        }
        throw new IllegalArgumentException("no codec for a component: record="
                + component.getDeclaringRecord().getName() + " component="
                + component.getName() + " type=" + type.getName()
                + "; it can be a primitive, a String, a UUID, a byte[], an enum or such a record;"
                + " write a codec for others");
    }

    // All writers are (record, buffer, offset, end so far) to the end.

    private static MethodHandle writesNothing(Class<?> type) {
        return MethodHandles.dropArguments(
                MethodHandles.identity(int.class), 0, type, MutableDirectBuffer.class, int.class);
    }

    /** Returns what writes what is there, and then a component. */
    private static MethodHandle append(MethodHandle before, MethodHandle writer, MethodHandle accessor) {
        Class<?> value = writer.type().parameterType(0);
        MethodHandle one = MethodHandles.filterArguments(
                writer, 0, accessor.asType(accessor.type().changeReturnType(value)));
        MethodHandle both = MethodHandles.collectArguments(one, 3, before);
        return MethodHandles.permuteArguments(both, before.type(), 0, 1, 2, 0, 1, 2, 3);
    }

    /** Returns (buffer, offset, length) to the record, from its constructor and a reader for each of its parameters. */
    private static MethodHandle readAll(MethodHandle constructor, MethodHandle[] readers) {
        MethodHandle read =
                MethodHandles.dropArguments(constructor, readers.length, DirectBuffer.class, int.class, int.class);
        for (int i = readers.length - 1; i >= 0; i--) {
            MethodHandle reader = readers[i];
            Class<?> parameter = read.type().parameterType(i);
            MethodHandle nested = MethodHandles.collectArguments(
                    read, i, reader.asType(reader.type().changeReturnType(parameter)));
            int[] order = new int[i + 6];
            for (int argument = 0; argument < order.length; argument++) {
                order[argument] = argument < i + 3 ? argument : argument - 3;
            }
            read = MethodHandles.permuteArguments(nested, nested.type().dropParameterTypes(i + 3, i + 6), order);
        }
        return read;
    }

    private MethodHandle accessor(RecordComponent component) throws IllegalAccessException {
        Method accessor = component.getAccessor();
        if (caller != null) {
            return MethodHandles.privateLookupIn(component.getDeclaringRecord(), caller)
                    .unreflect(accessor);
        }
        accessor.setAccessible(true);
        return LOOKUP.unreflect(accessor);
    }

    private MethodHandle constructor(Class<?> type) throws ReflectiveOperationException {
        Class<?>[] parameters = Stream.of(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        Constructor<?> constructor = type.getDeclaredConstructor(parameters);
        if (caller != null) {
            return MethodHandles.privateLookupIn(type, caller).unreflectConstructor(constructor);
        }
        constructor.setAccessible(true);
        return LOOKUP.unreflectConstructor(constructor);
    }

    /** Returns the class file of {@link RecordCodec}. */
    private static byte[] template() throws IOException {
        String file = RecordCodec.class.getSimpleName() + ".class";
        try (InputStream in = RecordCodec.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IOException("class file is missing: file=" + file);
            }
            return in.readAllBytes();
        }
    }
}
