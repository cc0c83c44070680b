/** Images on their way to the host. */
@NullMarked
package org.sluice.agent.image;

import org.jspecify.annotations.NullMarked;
