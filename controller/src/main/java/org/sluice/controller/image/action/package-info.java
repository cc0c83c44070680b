/** {@code /v2/images/ID/actions}: keeping everybody from the bytes of an image. */
@NullMarked
package org.sluice.controller.image.action;

import org.jspecify.annotations.NullMarked;
