@NullMarked
package org.sluice.traffic.path;

import org.jspecify.annotations.NullMarked;
