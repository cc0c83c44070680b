/** What a guest may learn about itself, and the ways to it: DHCP and HTTP on its network, a config drive without one. */
@NullMarked
package org.sluice.agent.metadata;

import org.jspecify.annotations.NullMarked;
