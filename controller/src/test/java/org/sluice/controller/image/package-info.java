/** Tests of the Image API. */
@NullMarked
package org.sluice.controller.image;

import org.jspecify.annotations.NullMarked;
