package org.sluice.linux.net;

import static java.util.Objects.requireNonNull;

/**
 * What the PF's driver reports about one VF (IFLA_VF_INFO). What a driver does not report is said so, never guessed.
 *
 * @param index the VF's number at its PF; not its place in the list, in which numbers may be missing
 * @param mac the administrator's address; zero when none was assigned
 * @param vlan the VLAN id, 0 for none; drivers let values in that {@link VfAttribute.Vlan} would not, such as 4095
 * @param qos the VLAN priority
 * @param vlanProtocol the VLAN's tag
 * @param minTxRate guaranteed Mbit/s, 0 for none
 * @param maxTxRate Mbit/s at most, 0 for no bound
 * @param spoofCheck whether foreign source addresses are dropped
 * @param linkState the link it sees; {@link VfLinkState#AUTO} is also what drivers without the notion report
 * @param rssQuery whether it may ask for the RSS configuration
 * @param trust whether it may change its address and become promiscuous
 */
public record VirtualFunctionInfo(
        int index,
        MacAddress mac,
        int vlan,
        int qos,
        VlanProtocol vlanProtocol,
        int minTxRate,
        int maxTxRate,
        ReportedSwitch spoofCheck,
        VfLinkState linkState,
        ReportedSwitch rssQuery,
        ReportedSwitch trust) {
    /** Checks for null. */
    public VirtualFunctionInfo {
        requireNonNull(mac, "mac is null");
        requireNonNull(vlanProtocol, "vlanProtocol is null");
        requireNonNull(spoofCheck, "spoofCheck is null");
        requireNonNull(linkState, "linkState is null");
        requireNonNull(rssQuery, "rssQuery is null");
        requireNonNull(trust, "trust is null");
    }

    /** Whether this VF shows what was asked; something not reported is not shown. */
    public boolean shows(VfAttribute wanted) {
        return switch (wanted) {
            case VfAttribute.Mac wantedMac -> mac.equals(wantedMac.address());
            case VfAttribute.Vlan wantedVlan ->
                vlan == wantedVlan.id() && qos == wantedVlan.qos() && vlanProtocol == wantedVlan.protocol();
            case VfAttribute.TxRate wantedRate ->
                minTxRate == wantedRate.minimum() && maxTxRate == wantedRate.maximum();
            case VfAttribute.SpoofCheck wantedCheck -> spoofCheck.is(wantedCheck.on());
            case VfAttribute.LinkState wantedState -> linkState == wantedState.state();
            case VfAttribute.RssQuery wantedQuery -> rssQuery.is(wantedQuery.on());
            case VfAttribute.Trust wantedTrust -> trust.is(wantedTrust.on());
        };
    }
}
