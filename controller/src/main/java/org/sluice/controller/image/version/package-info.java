/** {@code /} and {@code /versions}: the version documents. */
@NullMarked
package org.sluice.controller.image.version;

import org.jspecify.annotations.NullMarked;
