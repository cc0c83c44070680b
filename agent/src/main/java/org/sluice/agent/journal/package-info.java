/**
 * What must survive the agent: the servers it has begun to build, run or remove, and which lease of each VF it has seen
 * last. Written and synced before the host is touched.
 */
@NullMarked
package org.sluice.agent.journal;

import org.jspecify.annotations.NullMarked;
