/** Virtual machines by libvirt, called through its library: the domain's XML, its start and its end. */
@NullMarked
package org.sluice.agent.hypervisor;

import org.jspecify.annotations.NullMarked;
