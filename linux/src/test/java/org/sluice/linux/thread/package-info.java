@NullMarked
package org.sluice.linux.thread;

import org.jspecify.annotations.NullMarked;
