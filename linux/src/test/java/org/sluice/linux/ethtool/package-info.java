@NullMarked
package org.sluice.linux.ethtool;

import org.jspecify.annotations.NullMarked;
