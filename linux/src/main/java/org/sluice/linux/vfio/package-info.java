/** Gives PCI functions to vfio-pci and back to their own driver, and resets them. */
@NullMarked
package org.sluice.linux.vfio;

import org.jspecify.annotations.NullMarked;
