@NullMarked
package org.sluice.linux.machine;

import org.jspecify.annotations.NullMarked;
