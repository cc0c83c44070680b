/** {@code /} and {@code /v2.0}: the version documents. */
@NullMarked
package org.sluice.controller.network.version;

import org.jspecify.annotations.NullMarked;
