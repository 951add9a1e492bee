/**
 * Where threads run and where memory lies: {@link org.berth.offheap.placement.Topology} tells what the machine is made of
 * and what this process may use of it.
 *
 * <p>Conventions of this room:
 *
 * <ul>
 *   <li>CPUs and nodes have the numbers that the kernel gives them. They may have holes, so a number is no index.
 *   <li>What cannot be found out is absent, with the reason, and nothing fails because of it. Elsewhere than on Linux that
 *       is everything.
 *   <li>Sizes are in bytes.
 * </ul>
 */
@NullMarked
package org.berth.offheap.placement;

import org.jspecify.annotations.NullMarked;
