@NullMarked
package org.sluice.traffic.guest;

import org.jspecify.annotations.NullMarked;
