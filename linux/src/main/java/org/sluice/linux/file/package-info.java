/** Files that are whole whatever happens while they are written. */
@NullMarked
package org.sluice.linux.file;

import org.jspecify.annotations.NullMarked;
