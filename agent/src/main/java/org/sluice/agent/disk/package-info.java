/** The files of a VM: images cached by checksum, root disks on top of them, config drives, consoles. */
@NullMarked
package org.sluice.agent.disk;

import org.jspecify.annotations.NullMarked;
