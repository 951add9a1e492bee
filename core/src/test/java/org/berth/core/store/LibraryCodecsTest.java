package org.berth.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.berth.examples.sbe.QuoteDecoder;
import org.berth.examples.sbe.QuoteEncoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Codecs around a message of SBE and around a library for JSON. */
@Timeout(60)
class LibraryCodecsTest {

    record Quote(long bid, long ask, int bidSize, int askSize, String venue) {}

    /** A flyweight for each call: the JIT compiler does without the object. */
    private static final class SbeCodec implements Codec<Quote> {

        @Override
        public int write(Quote value, MutableDirectBuffer into, int offset) {
            return new QuoteEncoder()
                    .wrap(into, offset)
                    .bid(value.bid())
                    .ask(value.ask())
                    .bidSize(value.bidSize())
                    .askSize(value.askSize())
                    .venue(value.venue())
                    .encodedLength();
        }

        @Override
        public Quote read(DirectBuffer from, int offset, int length) {
            QuoteDecoder quote = new QuoteDecoder().wrap(from, offset, length, QuoteDecoder.SCHEMA_VERSION);
            return new Quote(quote.bid(), quote.ask(), quote.bidSize(), quote.askSize(), quote.venue());
        }
    }

    /** For a value: a library need not write the same bytes for equal objects. */
    private record JsonCodec<T>(Gson gson, Class<T> type) implements Codec<T> {

        @Override
        public int write(T value, MutableDirectBuffer into, int offset) {
            byte[] bytes = gson.toJson(value).getBytes(StandardCharsets.UTF_8);
            into.putBytes(offset, bytes);
            return bytes.length;
        }

        @Override
        public T read(DirectBuffer from, int offset, int length) {
            return gson.fromJson(from.getStringWithoutLengthUtf8(offset, length), type);
        }
    }

    record Order(String customer, List<String> items, Map<String, Integer> prices) {}

    @Test
    void sbe() {
        try (OffHeapMap<Quote, Quote> quotes =
                OffHeapMap.builder(new SbeCodec(), new SbeCodec()).build()) {
            for (int i = 0; i < 1_000; i++) {
                quotes.put(new Quote(i, i + 2, 5, 6, "XETR"), new Quote(i, i + 1, i, -i, "X"));
            }
            assertThat(quotes).hasSize(1_000);
            assertThat(quotes.get(new Quote(7, 9, 5, 6, "XETR"))).isEqualTo(new Quote(7, 8, 7, -7, "X"));
            assertThat(quotes.replace(
                            new Quote(7, 9, 5, 6, "XETR"), new Quote(7, 8, 7, -7, "X"), new Quote(0, 0, 0, 0, "")))
                    .isTrue();
        }
    }

    @Test
    void json() {
        Codec<Order> codec = new JsonCodec<>(new Gson(), Order.class);
        try (OffHeapMap<String, Order> orders =
                OffHeapMap.builder(Codecs.ofString(), codec).build()) {
            Order order = new Order("Zoë", List.of("tea", "cake"), Map.of("tea", 3));
            orders.put("o-1", order);
            orders.computeIfPresent(
                    "o-1", (id, before) -> new Order(before.customer(), List.of("tea"), before.prices()));
            assertThat(orders.get("o-1")).isEqualTo(new Order("Zoë", List.of("tea"), Map.of("tea", 3)));
            assertThat(orders.values()).hasSize(1).doesNotContain(order);
        }
    }
}
