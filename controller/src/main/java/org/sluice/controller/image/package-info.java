/** Image API v2: raw and qcow2 images, checked for being what they claim to be, kept in the database. */
@NullMarked
package org.sluice.controller.image;

import org.jspecify.annotations.NullMarked;
