/** The Compute API through its front door: HTTP in, PostgreSQL behind, the agent's reports played by the test. */
@NullMarked
package org.sluice.controller.compute;

import org.jspecify.annotations.NullMarked;
