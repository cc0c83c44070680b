/** Which work on a host goes on at the same time. */
@NullMarked
package org.sluice.agent.turn;

import org.jspecify.annotations.NullMarked;
