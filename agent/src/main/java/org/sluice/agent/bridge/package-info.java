/** Linux bridges: one a network, with a VLAN device as uplink and the taps of VMs as ports. */
@NullMarked
package org.sluice.agent.bridge;

import org.jspecify.annotations.NullMarked;
