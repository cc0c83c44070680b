/** The threads of an agent, and what becomes of it when one of them cannot go on. */
@NullMarked
package org.sluice.agent.supervision;

import org.jspecify.annotations.NullMarked;
