/** {@code /subnets}: the blocks of addresses of networks. */
@NullMarked
package org.sluice.controller.network.subnet;

import org.jspecify.annotations.NullMarked;
