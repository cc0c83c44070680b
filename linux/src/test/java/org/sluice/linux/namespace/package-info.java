@NullMarked
package org.sluice.linux.namespace;

import org.jspecify.annotations.NullMarked;
