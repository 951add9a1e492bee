/** The map: a dictionary from {@code long} to {@code long} that grows while it is in use. Start at {@link org.berth.core.map.LongLongMap}. */
@NullMarked
package org.berth.core.map;

import org.jspecify.annotations.NullMarked;
