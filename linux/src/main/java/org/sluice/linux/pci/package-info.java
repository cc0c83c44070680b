/**
 * PCI functions as sysfs shows them: physical and virtual functions, their drivers, network devices and IOMMU groups, and how
 * many VFs there are (Documentation/ABI/testing/sysfs-bus-pci).
 */
@NullMarked
package org.sluice.linux.pci;

import org.jspecify.annotations.NullMarked;
