/** {@code /ports}: the attachment points of NICs. */
@NullMarked
package org.sluice.controller.network.port;

import org.jspecify.annotations.NullMarked;
