/** {@code /networks}: one segment each on a physical network. */
@NullMarked
package org.sluice.controller.network.network;

import org.jspecify.annotations.NullMarked;
