/**
 * Placement of memory and threads: the topology of the machine, the NUMA policy and page size of memory, and the CPU
 * affinity of threads.
 *
 * <p>Read in this order, because each builds on the one before:
 *
 * <ol>
 *   <li>{@link org.berth.offheap.placement.Topology} tells what there is to choose from: CPUs, cores, caches, NUMA
 *       nodes, page sizes, and the limits of this process. {@link org.berth.offheap.placement.CpuSet} is its set of
 *       CPUs, and {@link org.berth.offheap.placement.MemoryLimit} the container's limit of memory.
 *   <li>{@link org.berth.offheap.placement.Placement} describes what is requested for memory, and
 *       {@link org.berth.offheap.placement.PlacementReport} says what the kernel made of it.
 *   <li>{@link org.berth.offheap.placement.ThreadAffinity} binds a thread to CPUs, and
 *       {@link org.berth.offheap.placement.CurrentCpu} tells a thread where it runs.
 * </ol>
 *
 * <p>Conventions of this package:
 *
 * <ul>
 *   <li>CPUs and nodes have the kernel's numbers. The numbers may have holes, so a number is not an index.
 *   <li>What cannot be determined is absent, with the reason, and nothing fails because of it. On systems other than
 *       Linux that is everything.
 *   <li>Sizes are in bytes.
 *   <li>All classes but {@code Topology}, {@code CpuSet}, {@code MemoryLimit} and {@code Placement} need native access.
 *       They check for it before each use and say what is missing. Nothing here happens without being requested, so a
 *       program that requests nothing needs no flag.
 * </ul>
 */
@NullMarked
package org.berth.offheap.placement;

import org.jspecify.annotations.NullMarked;
