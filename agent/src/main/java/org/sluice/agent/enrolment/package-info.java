/** How an agent becomes a member of a cluster once, and proves afterwards at every connection that it is one. */
@NullMarked
package org.sluice.agent.enrolment;

import org.jspecify.annotations.NullMarked;
