/**
 * A host in memory: SR-IOV cards, bridges, DHCP, disks and a hypervisor with the kernel's manners, and faults on demand.
 * The agent over it is the real one.
 */
@NullMarked
package org.sluice.simulator;

import org.jspecify.annotations.NullMarked;
