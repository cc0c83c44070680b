/** Tests of the agents' API, and the small fleet that tests of scheduling and fleet build on. */
@NullMarked
package org.sluice.controller.agents;

import org.jspecify.annotations.NullMarked;
