/** {@code /os-aggregates}: sets of hosts and the availability zones they make. */
@NullMarked
package org.sluice.controller.compute.aggregate;

import org.jspecify.annotations.NullMarked;
