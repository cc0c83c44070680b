/** The journal, with crashes. */
@NullMarked
package org.sluice.agent.journal;

import org.jspecify.annotations.NullMarked;
