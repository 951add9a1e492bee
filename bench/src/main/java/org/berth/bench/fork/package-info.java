/**
 * Runs whose measurements have a JVM each, in turn, so that noise affects all alike: the session, and the maps that
 * they measure.
 */
@NullMarked
package org.berth.bench.fork;

import org.jspecify.annotations.NullMarked;
