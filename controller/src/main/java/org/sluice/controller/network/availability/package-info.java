/** {@code /network-ip-availabilities}: how many addresses are in use. */
@NullMarked
package org.sluice.controller.network.availability;

import org.jspecify.annotations.NullMarked;
