package org.sluice.linux.xdp;

/**
 * What the kernel counted on one socket since it was made (struct xdp_statistics). Frames that a device or its driver dropped
 * before are not among it.
 *
 * @param receiveDropped received frames dropped because they did not fit into a frame of this socket, or for want of memory
 * @param receiveRingFull received frames dropped because nobody took frames out in time
 * @param fillRingEmpty how often there was no free frame to receive into
 * @param invalidFillEntries entries of the fill ring that the kernel refused
 * @param invalidTransmitEntries entries of the transmit ring that the kernel refused
 * @param transmitRingEmpty how often the kernel looked for frames to send and found none
 */
public record XdpStatistics(
        long receiveDropped,
        long receiveRingFull,
        long fillRingEmpty,
        long invalidFillEntries,
        long invalidTransmitEntries,
        long transmitRingEmpty) {
    static XdpStatistics read(Structure structure) {
        return new XdpStatistics(
                structure.u64("rx_dropped"),
                structure.u64("rx_ring_full"),
                structure.u64("rx_fill_ring_empty_descs"),
                structure.u64("rx_invalid_descs"),
                structure.u64("tx_invalid_descs"),
                structure.u64("tx_ring_empty_descs"));
    }
}
