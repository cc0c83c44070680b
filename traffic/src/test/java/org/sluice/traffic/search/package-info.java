@NullMarked
package org.sluice.traffic.search;

import org.jspecify.annotations.NullMarked;
