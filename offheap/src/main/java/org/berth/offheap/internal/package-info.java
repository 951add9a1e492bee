/** What the modules of Berth share and their users do not see; exported to {@code org.berth.core} alone. */
@NullMarked
package org.berth.offheap.internal;

import org.jspecify.annotations.NullMarked;
