/** {@code /hosts}: hosts, and which physical networks their cards and interfaces are on. */
@NullMarked
package org.sluice.controller.fleet.host;

import org.jspecify.annotations.NullMarked;
