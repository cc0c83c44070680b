/**
 * The Network API v2.0: networks, subnets, ports, security groups; and what the rest of the controller needs of ports: how
 * a server takes them, how a claim binds them, where a host serves DHCP from.
 */
@NullMarked
package org.sluice.controller.network;

import org.jspecify.annotations.NullMarked;
