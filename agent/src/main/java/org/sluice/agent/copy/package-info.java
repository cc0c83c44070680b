/** Root disks on their way from the host to images: copied while nobody writes to them, and brought to the controller. */
@NullMarked
package org.sluice.agent.copy;

import org.jspecify.annotations.NullMarked;
