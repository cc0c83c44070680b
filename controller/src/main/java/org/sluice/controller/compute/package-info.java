/**
 * The Compute API v2.1, microversions 2.1 to 2.96, a folder a resource; this one holds its table of contents. Microversions end
 * where requests are read and wire types are built; the stores know none.
 */
@NullMarked
package org.sluice.controller.compute;

import org.jspecify.annotations.NullMarked;
