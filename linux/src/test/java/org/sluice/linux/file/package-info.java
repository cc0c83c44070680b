@NullMarked
package org.sluice.linux.file;

import org.jspecify.annotations.NullMarked;
