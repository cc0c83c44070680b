/**
 * Driver, rings, offloads, coalescing and speed of network devices by ioctl: verbs that read like the {@code ethtool} command
 * they replace. {@link org.sluice.linux.ethtool.Ethtool} is the door.
 */
@NullMarked
package org.sluice.linux.ethtool;

import org.jspecify.annotations.NullMarked;
