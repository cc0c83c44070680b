/** {@code /v2/schemas} and what else clients ask for beside images. */
@NullMarked
package org.sluice.controller.image.schema;

import org.jspecify.annotations.NullMarked;
