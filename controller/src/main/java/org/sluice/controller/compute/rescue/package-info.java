/** {@code rescue} and {@code unrescue}: servers that boot from another image to be mended. */
@NullMarked
package org.sluice.controller.compute.rescue;

import org.jspecify.annotations.NullMarked;
