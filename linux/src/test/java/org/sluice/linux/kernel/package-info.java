@NullMarked
package org.sluice.linux.kernel;

import org.jspecify.annotations.NullMarked;
