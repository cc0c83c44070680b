/** Tests through the front door only: {@code ./sluice}, OpenStack's own clients, the lab's node seen from outside. */
@NullMarked
package org.sluice.e2e;

import org.jspecify.annotations.NullMarked;
