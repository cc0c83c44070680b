/** What the servers of a host share on its networks: bridges, and DHCP and metadata on them. */
@NullMarked
package org.sluice.agent.boot;

import org.jspecify.annotations.NullMarked;
