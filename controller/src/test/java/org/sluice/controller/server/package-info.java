/** The server's states and transitions. */
@NullMarked
package org.sluice.controller.server;

import org.jspecify.annotations.NullMarked;
