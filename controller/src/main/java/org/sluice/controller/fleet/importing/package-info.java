/** {@code /import}: what an OpenStack site configured, taken over. */
@NullMarked
package org.sluice.controller.fleet.importing;

import org.jspecify.annotations.NullMarked;
