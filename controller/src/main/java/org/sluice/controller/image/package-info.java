/** Image API v2, a folder a resource; this one holds its table of contents. */
@NullMarked
package org.sluice.controller.image;

import org.jspecify.annotations.NullMarked;
