/** Actions on servers that concern the power of their guests: start, stop, reboot, pause, unpause, suspend, resume. */
@NullMarked
package org.sluice.controller.compute.power;

import org.jspecify.annotations.NullMarked;
