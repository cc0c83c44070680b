/** Linux from Java by system calls and files, with no child process and no parsed tool output. Knows no cloud. */
@NullMarked
package org.sluice.linux;

import org.jspecify.annotations.NullMarked;
