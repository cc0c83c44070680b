/** One trial: what it should send, what came of it, and how far the tester itself may be trusted. Pure records. */
@NullMarked
package org.sluice.traffic.trial;

import org.jspecify.annotations.NullMarked;
