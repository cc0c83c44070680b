/** {@code /agents}: the hosts, as the Network API lists agents. */
@NullMarked
package org.sluice.controller.network.agent;

import org.jspecify.annotations.NullMarked;
