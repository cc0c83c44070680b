/** {@code /servers/ID/action} and {@code /remote-consoles}: what can be done to a server. */
@NullMarked
package org.sluice.controller.compute.action;

import org.jspecify.annotations.NullMarked;
