/**
 * The commands of {@code sluice}. Here, and only here, the program is put together: {@link org.sluice.cli.ControllerProcess}
 * constructs a controller by constructors alone, {@link org.sluice.cli.UpCommand} a whole cloud.
 */
@NullMarked
package org.sluice.cli;

import org.jspecify.annotations.NullMarked;
