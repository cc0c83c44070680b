/** Tests of the commands as processes: what a user sees, and what is left when they end. */
@NullMarked
package org.sluice.cli;

import org.jspecify.annotations.NullMarked;
