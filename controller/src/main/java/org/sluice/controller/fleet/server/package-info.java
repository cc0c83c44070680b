/** {@code /servers/ID/explain}: where a server is and why. */
@NullMarked
package org.sluice.controller.fleet.server;

import org.jspecify.annotations.NullMarked;
