/**
 * {@code placement-check}: requests every placement that this machine should support, and verifies the result. A check
 * is a name and a body that throws; to add checks, write a class that lists them and name it in
 * {@link org.berth.bench.placement.PlacementCheckCommand}.
 */
@NullMarked
package org.berth.bench.placement;

import org.jspecify.annotations.NullMarked;
