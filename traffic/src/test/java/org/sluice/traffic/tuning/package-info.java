@NullMarked
package org.sluice.traffic.tuning;

import org.jspecify.annotations.NullMarked;
