/** Tests of how hosts join, with the controller's and the agent's half talking over real TLS. */
@NullMarked
package org.sluice.enrolment;

import org.jspecify.annotations.NullMarked;
