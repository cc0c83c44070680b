/** Processes that are not children of this one: told to end, and waited for. */
@NullMarked
package org.sluice.linux.process;

import org.jspecify.annotations.NullMarked;
