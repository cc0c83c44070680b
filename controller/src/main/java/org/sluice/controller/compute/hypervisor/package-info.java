/** {@code /os-hypervisors}: what hosts have and how much of it is claimed. */
@NullMarked
package org.sluice.controller.compute.hypervisor;

import org.jspecify.annotations.NullMarked;
