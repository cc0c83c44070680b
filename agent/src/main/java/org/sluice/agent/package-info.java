/**
 * The agent of one host: asks the controller what should be, makes it so, and tells what is. It needs no message to
 * arrive: it compares and converges, so that what was missed is late, and what was interrupted is continued.
 */
@NullMarked
package org.sluice.agent;

import org.jspecify.annotations.NullMarked;
