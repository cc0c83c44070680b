/** The one region. */
@NullMarked
package org.sluice.controller.identity.region;

import org.jspecify.annotations.NullMarked;
