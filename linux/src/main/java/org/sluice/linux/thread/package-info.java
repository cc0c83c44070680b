/** Where and when the kernel runs a thread: CPUs, real-time priority, and the time a thread was kept waiting. */
@NullMarked
package org.sluice.linux.thread;

import org.jspecify.annotations.NullMarked;
