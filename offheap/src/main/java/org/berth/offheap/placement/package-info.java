/**
 * Where threads run and where memory lies: {@link org.berth.offheap.placement.Topology} tells what the machine is made of
 * and what this process may use of it; {@link org.berth.offheap.placement.Placement} describes where memory is to lie, and
 * {@link org.berth.offheap.placement.PlacementReport} where it does; {@link org.berth.offheap.placement.ThreadAffinity} keeps a thread
 * on some CPUs, and {@link org.berth.offheap.placement.CurrentCpu} tells where it is.
 *
 * <p>Conventions of this room:
 *
 * <ul>
 *   <li>CPUs and nodes have the numbers that the kernel gives them. They may have holes, so a number is no index.
 *   <li>What cannot be found out is absent, with the reason, and nothing fails because of it. Elsewhere than on Linux that
 *       is everything.
 *   <li>Sizes are in bytes.
 *   <li>All but {@code Topology} needs native access, checks for it before each use, and says what is in the way. Nothing here
 *       happens unasked, so whoever does not ask needs no flag.
 * </ul>
 */
@NullMarked
package org.berth.offheap.placement;

import org.jspecify.annotations.NullMarked;
