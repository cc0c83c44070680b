@NullMarked
package org.sluice.linux.vfio;

import org.jspecify.annotations.NullMarked;
