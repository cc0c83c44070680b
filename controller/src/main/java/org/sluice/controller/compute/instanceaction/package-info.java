/** {@code /servers/ID/os-instance-actions}: what was done to a server. */
@NullMarked
package org.sluice.controller.compute.instanceaction;

import org.jspecify.annotations.NullMarked;
