package org.berth.core.slots;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.berth.core.slots.Field.OwnedAscii;
import org.berth.core.slots.Field.OwnedText;
import org.berth.offheap.Words;

/** UTF-8 text in 8-byte words: the bytes are in memory in the order of the text, on machines of either byte order. */
final class Text {

    private static final boolean BIG_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN;

    private Text() {}

    /** Encodes a key's name; throws where two names would have one encoding. */
    static byte[] encodeName(String name) {
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(name));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("name is no valid Unicode text: name=" + name, e);
        }
    }

    /** Returns whether the text has no unpaired surrogates. */
    static boolean isValid(String text) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    /** Returns the length of {@code text} in bytes; throws if the field cannot hold it. Allocates nothing. */
    static int check(OwnedText field, CharSequence text) {
        int length = text.length();
        int bytes = length;
        for (int i = 0; i < length && bytes <= field.maxBytes(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                if (field instanceof OwnedAscii) {
                    throw new IllegalArgumentException("text is not ASCII: field=" + field.name() + " index=" + i
                            + " text=" + text + "; declare the field with ownedUtf8");
                }
                bytes += c < 0x800 ? 1 : 2;
                if (Character.isSurrogate(c)) {
                    i++;
                    if (i == length || !Character.isSurrogatePair(c, text.charAt(i))) {
                        throw new IllegalArgumentException("text is no valid Unicode: field=" + field.name() + " index="
                                + (i - 1) + " text=" + text);
                    }
                    // Two chars, four bytes.
                }
            }
        }
        if (bytes > field.maxBytes()) {
            throw new IllegalArgumentException("text is too long: field=" + field.name() + " characters=" + length
                    + " maxBytes=" + field.maxBytes() + " text=" + text);
        }
        return bytes;
    }

    /**
     * Encodes a checked text into the words from {@code from} on, with zeros after its end in the last one. The text
     * may have changed since the check; then any text of {@code bytes} bytes results.
     */
    static void encode(CharSequence text, int bytes, long[] words, int from) {
        long word = 0;
        int at = 0;
        for (int i = 0, length = text.length(); i < length && at < bytes; i++) {
            int codePoint = text.charAt(i);
            if (Character.isSurrogate((char) codePoint) && i + 1 < length) {
                i++;
                codePoint = Character.toCodePoint((char) codePoint, text.charAt(i));
            }
            int more = moreBytes(codePoint);
            for (int left = more; left >= 0 && at < bytes; left--) {
                word |= (long) encoded(codePoint, more, left) << (at % Long.BYTES * Byte.SIZE);
                at++;
                if (at % Long.BYTES == 0) {
                    words[from + at / Long.BYTES - 1] = inMemory(word);
                    word = 0;
                }
            }
        }
        if (at % Long.BYTES != 0) {
            words[from + at / Long.BYTES] = inMemory(word);
        }
    }

    /** Returns the length of a stored text; throws if it is damaged. */
    static int length(OwnedText field, long stored) {
        if (stored < 0 || stored > field.maxBytes()) {
            throw new IllegalStateException("length of a text is damaged: field=" + field.name() + " length=" + stored
                    + " maxBytes=" + field.maxBytes());
        }
        return (int) stored;
    }

    /** Returns the text of {@code length} bytes that begins with word {@code from}. */
    static String decode(long[] values, int from, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = byteAt(values, from, i);
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Appends the text of {@code length} bytes that begins with word {@code from}; allocates if it is not ASCII. */
    static void append(long[] values, int from, int length, StringBuilder to) {
        int start = to.length();
        for (int i = 0; i < length; i++) {
            byte b = byteAt(values, from, i);
            if (b < 0) {
                to.setLength(start);
                to.append(decode(values, from, length));
                return;
            }
            to.append((char) b);
        }
    }

    private static byte byteAt(long[] values, int from, int i) {
        return (byte) (inMemory(values[from + i / Long.BYTES]) >>> (i % Long.BYTES * Byte.SIZE));
    }

    /** Encodes as many whole characters of {@code text} as fit. */
    static byte[] truncate(String text, int maxBytes) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= maxBytes) {
            return bytes;
        }
        int length = maxBytes;
        while ((bytes[length] & 0xC0) == 0x80) {
            length--;
        }
        return Arrays.copyOf(bytes, length);
    }

    /**
     * Writes {@code bytes}, and zeros after them. Opaque: a reader may read meanwhile, and checks afterwards whether it
     * may use it.
     */
    static void write(Words words, long offset, int maxBytes, byte[] bytes) {
        for (int at = 0; at < maxBytes; at += Long.BYTES) {
            long word = 0;
            for (int i = Math.min(at + Long.BYTES, bytes.length) - 1; i >= at; i--) {
                word = (word << Byte.SIZE) | (bytes[i] & 0xFF);
            }
            words.setOpaque(offset + at, inMemory(word));
        }
    }

    /** Returns the text before the first zero byte. */
    static String read(Words words, long offset, int maxBytes) {
        byte[] bytes = new byte[maxBytes];
        int length = 0;
        while (length < maxBytes) {
            byte b = (byte) (word(words, offset, length) >>> (length % Long.BYTES * Byte.SIZE));
            if (b == 0) {
                break;
            }
            bytes[length++] = b;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    /** Returns whether the stored {@code length} bytes encode {@code text}. Allocates nothing. */
    static boolean matches(Words words, long offset, long length, String text) {
        int chars = text.length();
        // A character takes one byte if it is ASCII, and more otherwise.
        return chars == length
                ? matchesAscii(words, offset, chars, text)
                : chars < length && matchesEncoded(words, offset, length, text);
    }

    private static boolean matchesAscii(Words words, long offset, int length, String text) {
        for (int at = 0; at < length; at += Long.BYTES) {
            long word = 0;
            int seen = 0;
            for (int i = Math.min(at + Long.BYTES, length) - 1; i >= at; i--) {
                char c = text.charAt(i);
                seen |= c;
                word = (word << Byte.SIZE) | c;
            }
            if (seen >= 0x80 || word != word(words, offset, at)) {
                return false;
            }
        }
        return true;
    }

    private static boolean matchesEncoded(Words words, long offset, long length, String text) {
        long word = 0;
        int at = 0;
        for (int i = 0; i < text.length(); ) {
            int codePoint = text.codePointAt(i);
            i += Character.charCount(codePoint);
            int more = moreBytes(codePoint);
            for (int left = more; left >= 0; left--) {
                if (at == length) {
                    return false;
                }
                if (at % Long.BYTES == 0) {
                    word = word(words, offset, at);
                }
                if ((word & 0xFF) != encoded(codePoint, more, left)) {
                    return false;
                }
                word >>>= Byte.SIZE;
                at++;
            }
        }
        return at == length;
    }

    private static int moreBytes(int codePoint) {
        return codePoint < 0x80 ? 0 : codePoint < 0x800 ? 1 : codePoint < 0x1_0000 ? 2 : 3;
    }

    /** Returns that byte of a character after which {@code left} of its {@code more} further bytes follow. */
    private static int encoded(int codePoint, int more, int left) {
        int bits = codePoint >>> (6 * left);
        if (left < more) {
            return 0x80 | (bits & 0x3F);
        }
        return more == 0 ? codePoint : ((0xFF00 >> (more + 1)) & 0xFF) | bits;
    }

    private static long word(Words words, long offset, int at) {
        return inMemory(words.getOpaque(offset + (at & -Long.BYTES)));
    }

    /** Converts a word whose lowest byte comes first in the text to the one that memory must have, and back. */
    private static long inMemory(long word) {
        return BIG_ENDIAN ? Long.reverseBytes(word) : word;
    }
}
