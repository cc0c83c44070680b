/** The tester checked against others: planted faults, routers, shapers, kernel stamps and other programs on the same path. */
@NullMarked
package org.sluice.traffic.check;

import org.jspecify.annotations.NullMarked;
