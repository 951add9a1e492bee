/**
 * The machine that a run is made on, as the operating system and the JVM describe it. What cannot be found out is null
 * in JSON and "unknown" in text; nothing in here fails because of it.
 */
@NullMarked
package org.berth.bench.machine;

import org.jspecify.annotations.NullMarked;
