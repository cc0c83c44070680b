/** {@code /extensions}: what used to be optional. */
@NullMarked
package org.sluice.controller.compute.extension;

import org.jspecify.annotations.NullMarked;
