package org.sluice.traffic.scenario;

import static java.util.Objects.requireNonNull;

import org.sluice.linux.net.MacAddress;
import org.sluice.linux.net.ReportedSwitch;
import org.sluice.linux.net.VfAttribute;
import org.sluice.linux.net.VfAttributes;
import org.sluice.linux.net.VirtualFunctionInfo;
import org.sluice.linux.net.VlanProtocol;

/**
 * What a VF was before it was taken, so that it can be that again.
 *
 * @param mac the administrator's address, zero for none
 * @param vlan 0 for none; also values that cannot be set, such as 4095, which some drivers let in
 * @param qos priority in the VLAN
 * @param protocol of the VLAN's tag
 * @param spoofCheck whether foreign source addresses are dropped
 * @param trust whether it may change its address
 * @param driver bound to it, empty for none
 */
record FunctionState(
        MacAddress mac,
        int vlan,
        int qos,
        VlanProtocol protocol,
        ReportedSwitch spoofCheck,
        ReportedSwitch trust,
        String driver) {
    FunctionState {
        requireNonNull(mac, "mac is null");
        requireNonNull(protocol, "protocol is null");
        requireNonNull(spoofCheck, "spoofCheck is null");
        requireNonNull(trust, "trust is null");
        requireNonNull(driver, "driver is null");
    }

    static FunctionState of(VirtualFunctionInfo info, String driver) {
        return new FunctionState(
                info.mac(), info.vlan(), info.qos(), info.vlanProtocol(), info.spoofCheck(), info.trust(), driver);
    }

    /** Whether nobody has given it an address or a network. */
    boolean isNobodys() {
        return mac.isZero() && vlan == 0;
    }

    /** What to set for a user of our own: address and VLAN always, the rest as far as the driver knows it. */
    VfAttributes forUser(MacAddress newMac, int newVlan) {
        VfAttributes attributes = VfAttributes.none().withMac(newMac).withVlan(newVlan);
        if (spoofCheck != ReportedSwitch.NOT_REPORTED) {
            attributes = attributes.withSpoofCheck(true);
        }
        return trust == ReportedSwitch.NOT_REPORTED ? attributes : attributes.withTrust(false);
    }

    /** What to set so that it is as it was. */
    VfAttributes restoring() {
        VfAttributes attributes = VfAttributes.none()
                .withMac(mac)
                .with(new VfAttribute.Vlan(vlan, vlan == 0 ? 0 : qos, vlan == 0 ? VlanProtocol.DOT1Q : protocol));
        if (spoofCheck != ReportedSwitch.NOT_REPORTED) {
            attributes = attributes.withSpoofCheck(spoofCheck == ReportedSwitch.ON);
        }
        return trust == ReportedSwitch.NOT_REPORTED ? attributes : attributes.withTrust(trust == ReportedSwitch.ON);
    }
}
