/** The machine and its network devices as a report needs them: what they are, and what was set. What cannot be read is absent. */
@NullMarked
package org.sluice.traffic.machine;

import org.jspecify.annotations.NullMarked;
