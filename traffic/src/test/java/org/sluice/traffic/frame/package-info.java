@NullMarked
package org.sluice.traffic.frame;

import org.jspecify.annotations.NullMarked;
