/** How what went wrong on a host is told to the controller. */
@NullMarked
package org.sluice.agent.report;

import org.jspecify.annotations.NullMarked;
