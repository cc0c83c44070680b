@NullMarked
package org.sluice.linux.steering;

import org.jspecify.annotations.NullMarked;
