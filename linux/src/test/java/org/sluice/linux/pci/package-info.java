@NullMarked
package org.sluice.linux.pci;

import org.jspecify.annotations.NullMarked;
