@NullMarked
package org.sluice.traffic.engine;

import org.jspecify.annotations.NullMarked;
