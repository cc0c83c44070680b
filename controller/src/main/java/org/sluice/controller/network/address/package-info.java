/** IP addresses and ranges of them. */
@NullMarked
package org.sluice.controller.network.address;

import org.jspecify.annotations.NullMarked;
