@NullMarked
package org.sluice.linux.xdp;

import org.jspecify.annotations.NullMarked;
