/** {@code /extensions}: what the Network API has beyond its core. */
@NullMarked
package org.sluice.controller.network.extension;

import org.jspecify.annotations.NullMarked;
