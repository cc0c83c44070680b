/** One server on one host, as steps. */
@NullMarked
package org.sluice.agent.workflow;

import org.jspecify.annotations.NullMarked;
