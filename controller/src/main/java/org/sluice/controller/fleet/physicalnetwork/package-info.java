/** {@code /physical-networks}: the networks that cards and uplinks are on, and their VLAN ids. */
@NullMarked
package org.sluice.controller.fleet.physicalnetwork;

import org.jspecify.annotations.NullMarked;
