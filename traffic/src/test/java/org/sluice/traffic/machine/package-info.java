@NullMarked
package org.sluice.traffic.machine;

import org.jspecify.annotations.NullMarked;
