@NullMarked
package org.sluice.linux.packet;

import org.jspecify.annotations.NullMarked;
