/**
 * AF_XDP: frames between this process and one queue of a network device through rings in shared memory, past the kernel's network
 * stack. {@link org.sluice.linux.xdp.XdpSocket} sends and receives; {@link org.sluice.linux.xdp.XdpProgram} makes a device hand
 * its frames to sockets.
 *
 * <p>Needs Linux 5.11 or newer with CONFIG_XDP_SOCKETS and CONFIG_BPF_SYSCALL, on a 64-bit little-endian machine.
 *
 * @see <a href="https://docs.kernel.org/networking/af_xdp.html">AF_XDP</a>
 */
@NullMarked
package org.sluice.linux.xdp;

import org.jspecify.annotations.NullMarked;
