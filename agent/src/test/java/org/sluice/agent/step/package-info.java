/** Steps and their runner. */
@NullMarked
package org.sluice.agent.step;

import org.jspecify.annotations.NullMarked;
