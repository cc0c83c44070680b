/** {@code /v2/images}: what is known of images. */
@NullMarked
package org.sluice.controller.image.image;

import org.jspecify.annotations.NullMarked;
