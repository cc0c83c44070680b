/** Tests of the Image API. */
@NullMarked
package org.sluice.controller.image.data;

import org.jspecify.annotations.NullMarked;
