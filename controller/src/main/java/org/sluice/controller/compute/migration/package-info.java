/** The action that moves a server to another host, and the record of such moves. */
@NullMarked
package org.sluice.controller.compute.migration;

import org.jspecify.annotations.NullMarked;
