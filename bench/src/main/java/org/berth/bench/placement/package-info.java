/**
 * {@code placement-check}: asks for every placement that this machine should be able to give, and asserts that it is so. A check
 * is a line of what it says and a body that throws; to add some, write a class with a list of them and name it in
 * {@link org.berth.bench.placement.PlacementCheckCommand}.
 */
@NullMarked
package org.berth.bench.placement;

import org.jspecify.annotations.NullMarked;
