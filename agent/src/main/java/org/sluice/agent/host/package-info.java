/**
 * What the agent needs of a host, as small contracts: virtual functions, bridges, segment services, disks, hypervisor.
 * The real ones stand on the kernel and libvirt, the simulated ones on memory; the agent cannot tell them apart.
 */
@NullMarked
package org.sluice.agent.host;

import org.jspecify.annotations.NullMarked;
