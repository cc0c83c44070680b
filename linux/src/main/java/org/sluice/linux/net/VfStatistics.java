package org.sluice.linux.net;

/**
 * Counters of one VF as the card keeps them (IFLA_VF_STATS); what a driver does not count is 0. Received and transmitted are
 * meant from the VF's side. They start again when the VFs are created anew.
 *
 * @param rxPackets packets received
 * @param txPackets packets transmitted
 * @param rxBytes bytes received
 * @param txBytes bytes transmitted
 * @param broadcast broadcast packets received
 * @param multicast multicast packets received
 * @param rxDropped packets dropped on the way in
 * @param txDropped packets dropped on the way out
 */
public record VfStatistics(
        long rxPackets,
        long txPackets,
        long rxBytes,
        long txBytes,
        long broadcast,
        long multicast,
        long rxDropped,
        long txDropped) {}
