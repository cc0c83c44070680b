@NullMarked
package org.sluice.linux.net;

import org.jspecify.annotations.NullMarked;
