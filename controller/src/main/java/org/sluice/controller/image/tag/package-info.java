/** {@code /v2/images/ID/tags}. */
@NullMarked
package org.sluice.controller.image.tag;

import org.jspecify.annotations.NullMarked;
