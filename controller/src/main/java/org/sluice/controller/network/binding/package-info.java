/** Ports as NICs of servers and of hosts: what scheduling, the Compute API and the agents need of them. */
@NullMarked
package org.sluice.controller.network.binding;

import org.jspecify.annotations.NullMarked;
