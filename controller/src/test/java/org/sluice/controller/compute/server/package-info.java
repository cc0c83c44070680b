/** Tests of the room of servers. */
@NullMarked
package org.sluice.controller.compute.server;

import org.jspecify.annotations.NullMarked;
