@NullMarked
package org.sluice.linux.netlink;

import org.jspecify.annotations.NullMarked;
