/**
 * System calls through the Foreign Function and Memory API: the calls, their error numbers and open files. What they mean is
 * for the packages beside this one.
 */
@NullMarked
package org.sluice.linux.kernel;

import org.jspecify.annotations.NullMarked;
