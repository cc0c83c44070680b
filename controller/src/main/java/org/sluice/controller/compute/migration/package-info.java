/** {@code /os-migrations}: servers stay where they are, so there are none. */
@NullMarked
package org.sluice.controller.compute.migration;

import org.jspecify.annotations.NullMarked;
