/** Files that say what a run has to undo, for the next run should this one be killed. */
@NullMarked
package org.sluice.traffic.journal;

import org.jspecify.annotations.NullMarked;
