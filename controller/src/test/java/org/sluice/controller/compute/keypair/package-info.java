/** The Compute API through its front door: HTTP in, PostgreSQL behind, the agent's reports played by the test. */
@NullMarked
package org.sluice.controller.compute.keypair;

import org.jspecify.annotations.NullMarked;
