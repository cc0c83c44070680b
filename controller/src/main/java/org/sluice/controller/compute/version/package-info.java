/** {@code /} and {@code /v2.1}: the version documents. */
@NullMarked
package org.sluice.controller.compute.version;

import org.jspecify.annotations.NullMarked;
