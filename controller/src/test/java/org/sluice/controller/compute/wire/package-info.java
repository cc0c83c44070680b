/** Tests of what the rooms of the Compute API share. */
@NullMarked
package org.sluice.controller.compute.wire;

import org.jspecify.annotations.NullMarked;
