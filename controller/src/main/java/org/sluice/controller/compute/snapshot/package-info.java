/** {@code createImage} and {@code createBackup}: images of servers' root disks. */
@NullMarked
package org.sluice.controller.compute.snapshot;

import org.jspecify.annotations.NullMarked;
