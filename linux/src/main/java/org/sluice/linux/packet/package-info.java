/**
 * Whole Ethernet frames from and to a network device by packet sockets (packet(7)), many at a time and without a copy into the
 * heap. For loops that handle a million frames a second: nothing here allocates after it was opened.
 */
@NullMarked
package org.sluice.linux.packet;

import org.jspecify.annotations.NullMarked;
