/** All five APIs on one listener, asked by everybody and by nobody in particular. */
@NullMarked
package org.sluice.controller.edge;

import org.jspecify.annotations.NullMarked;
