/** {@code /} and {@code /v3}: the version documents. */
@NullMarked
package org.sluice.controller.identity.version;

import org.jspecify.annotations.NullMarked;
