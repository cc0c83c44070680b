/** Tests of addresses and their ranges. */
@NullMarked
package org.sluice.controller.network.address;

import org.jspecify.annotations.NullMarked;
