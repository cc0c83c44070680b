/** The host as all who decide over it share it: that what it should do has changed. */
@NullMarked
package org.sluice.controller.host;

import org.jspecify.annotations.NullMarked;
