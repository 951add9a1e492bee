package org.berth.core.slots;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.berth.core.slots.Field.OwnedAscii;
import org.berth.core.slots.Field.OwnedBytes;
import org.berth.core.slots.Field.OwnedLongs;
import org.berth.core.slots.Field.OwnedUtf8;
import org.berth.core.slots.Fields.FieldImpl;
import org.jspecify.annotations.Nullable;

/**
 * A layout as text, a line for each field: in {@code owned long sum 0 orders} these are the writer, the type, the merge
 * or {@code -}, the offset from the slot's base, and the name. Arrays and bytes have their length: {@code owned
 * long[512] sum 8 latency}. The table's header has this text, for people, for other programs and for {@code
 * SlotTable.open}.
 */
final class LayoutDescription {

    private static final Pattern LINE = Pattern.compile(
            "(?<writer>owned|shared) (?<type>long|int|double|boolean|ascii|utf8|byte)"
                    + "(\\((?<bytes>[1-9][0-9]{0,3})\\)|\\[(?<length>[1-9][0-9]{0,4})])?"
                    + " (?<merge>-|sum|min|max) (?<offset>0|-?[1-9][0-9]{0,8}) (?<name>.+)",
            // A name may hold U+2028, which ends a line elsewhere.
            Pattern.DOTALL);

    private LayoutDescription() {}

    static byte[] of(RecordLayout layout) {
        StringBuilder text = new StringBuilder();
        for (Field field : layout.fields()) {
            text.append(line(field)).append('\n');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Returns the line of a field. */
    static String line(Field field) {
        long offset = ((FieldImpl) field).wordOffset();
        return (offset < 0 ? "shared " : "owned ") + type(field) + " " + merge(field) + " " + offset + " "
                + field.name();
    }

    /**
     * Returns the layout that a text describes.
     *
     * @throws IllegalArgumentException if the text describes none
     */
    static RecordLayout parse(String description) {
        RecordLayout.Builder builder = RecordLayout.builder();
        for (String line : description.split("\n", -1)) {
            // The text after the last line's end.
            if (line.isEmpty()) {
                continue;
            }
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                throw new IllegalArgumentException("description of a field is malformed: line=" + line);
            }
            FieldImpl implementation;
            try {
                implementation = (FieldImpl) declare(builder, matcher, line);
            } catch (IllegalStateException e) {
                throw new IllegalArgumentException("description has too many fields: line=" + line, e);
            }
            if (implementation.wordOffset() != Long.parseLong(matcher.group("offset"))) {
                throw new IllegalArgumentException("field has another offset than described: line=" + line + " offset="
                        + implementation.wordOffset());
            }
        }
        try {
            return builder.build();
        } catch (IllegalStateException e) {
            throw new IllegalArgumentException("description has no field: description=" + description, e);
        }
    }

    /** Returns the first line in which two descriptions differ, as name=value pairs. */
    static String difference(byte[] found, byte[] expected) {
        String[] have = lines(found);
        String[] want = lines(expected);
        int line = 0;
        while (line < Math.min(have.length, want.length) && have[line].equals(want[line])) {
            line++;
        }
        return "line=" + (line + 1) + " found=" + (line < have.length ? have[line] : "nothing") + " expected="
                + (line < want.length ? want[line] : "nothing");
    }

    /** Splits a description into lines, without the empty one after the last line's end. */
    private static String[] lines(byte[] description) {
        return new String(description, StandardCharsets.UTF_8).split("\n", 0);
    }

    private static Field declare(RecordLayout.Builder builder, Matcher line, String text) {
        String name = line.group("name");
        String bytes = line.group("bytes");
        String length = line.group("length");
        String merge = line.group("merge");
        String type = line.group("writer") + " " + line.group("type") + (bytes == null ? "" : "()")
                + (length == null ? "" : "[]")
                + (merge.equals("-") ? "" : " merged");
        return switch (type) {
            case "owned long" -> builder.ownedLong(name);
            case "owned long merged" -> builder.ownedLong(name, merge(merge));
            case "owned long[]" -> builder.ownedLongs(name, Integer.parseInt(length));
            case "owned long[] merged" -> builder.ownedLongs(name, Integer.parseInt(length), merge(merge));
            case "owned int" -> builder.ownedInt(name);
            case "owned int merged" -> builder.ownedInt(name, merge(merge));
            case "owned double" -> builder.ownedDouble(name);
            case "owned double merged" -> builder.ownedDouble(name, merge(merge));
            case "owned boolean" -> builder.ownedBoolean(name);
            case "owned byte[]" -> builder.ownedBytes(name, Integer.parseInt(length));
            case "owned ascii()" -> builder.ownedAscii(name, Integer.parseInt(bytes));
            case "owned utf8()" -> builder.ownedUtf8(name, Integer.parseInt(bytes));
            case "shared long" -> builder.sharedLong(name);
            case "shared long merged" -> builder.sharedLong(name, merge(merge));
            case "shared int" -> builder.sharedInt(name);
            case "shared int merged" -> builder.sharedInt(name, merge(merge));
            case "shared double" -> builder.sharedDouble(name);
            case "shared double merged" -> builder.sharedDouble(name, merge(merge));
            case "shared boolean" -> builder.sharedBoolean(name);
            default -> throw new IllegalArgumentException("there is no such field: line=" + text);
        };
    }

    private static String type(Field field) {
        return switch (field) {
            case Field.OfLong f -> "long";
            case Field.OfInt f -> "int";
            case Field.OfDouble f -> "double";
            case Field.OfBoolean f -> "boolean";
            case OwnedLongs longs -> "long[" + longs.length() + "]";
            case OwnedBytes bytes -> "byte[" + bytes.length() + "]";
            case OwnedAscii ascii -> "ascii(" + ascii.maxBytes() + ")";
            case OwnedUtf8 utf8 -> "utf8(" + utf8.maxBytes() + ")";
        };
    }

    private static String merge(Field field) {
        @Nullable Merge merge = Fields.mergeOf(field);
        return switch (merge) {
            case null -> "-";
            case SUM -> "sum";
            case MIN -> "min";
            case MAX -> "max";
        };
    }

    private static Merge merge(String name) {
        return switch (name) {
            case "sum" -> Merge.SUM;
            case "min" -> Merge.MIN;
            case "max" -> Merge.MAX;
            default -> throw new IllegalArgumentException("there is no such merge: merge=" + name);
        };
    }
}
