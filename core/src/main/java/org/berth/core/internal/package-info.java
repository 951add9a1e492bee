/**
 * The parts that several structures of this module are built from; not exported.
 *
 * <p>Each is a {@linkplain org.berth.core.internal.TaggedLink layout of a word} or a step of an algorithm, not a
 * structure: {@link org.berth.core.internal.TaggedList} checks one step of a search and its caller loops. A whole
 * search here, with methods for its callers to override, would be compiled once for all of them where it is not
 * inlined, with a virtual call for each node.
 */
@NullMarked
package org.berth.core.internal;

import org.jspecify.annotations.NullMarked;
