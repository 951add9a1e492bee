/** How long calls take while a map grows, which an average does not tell. */
@NullMarked
package org.berth.bench.growth;

import org.jspecify.annotations.NullMarked;
