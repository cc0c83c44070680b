/** {@code /servers}: the servers, and how they are found, shown, changed and deleted. */
@NullMarked
package org.sluice.controller.compute.server;

import org.jspecify.annotations.NullMarked;
