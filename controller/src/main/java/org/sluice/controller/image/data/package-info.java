/** {@code /v2/images/ID/file}: the bytes of images, in and out. */
@NullMarked
package org.sluice.controller.image.data;

import org.jspecify.annotations.NullMarked;
