/** Memberships that are over. */
@NullMarked
package org.sluice.agent.enrolment;

import org.jspecify.annotations.NullMarked;
