/** NICs that come and go while their server stands. */
@NullMarked
package org.sluice.agent.hotplug;

import org.jspecify.annotations.NullMarked;
