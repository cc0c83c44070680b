/** The commands of the tester: options in, a live display meanwhile, a report out, also after Ctrl-C. */
@NullMarked
package org.sluice.cli.traffic;

import org.jspecify.annotations.NullMarked;
