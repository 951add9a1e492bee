package org.berth.core.slots;

import java.time.Instant;

/**
 * A description of the thread that claimed a record, for people to look at; {@link SlotView#owner()} returns it.
 *
 * @param name   of the thread that claimed it, at that time; the first {@value TableDescriptor#OWNER_NAME_BYTES} bytes
 *               of it
 * @param thread its {@linkplain Thread#threadId() id}
 * @param since  when it was claimed
 */
public record Owner(String name, long thread, Instant since) {}
