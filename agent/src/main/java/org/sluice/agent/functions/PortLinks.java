package org.sluice.agent.functions;

import java.util.List;
import java.util.Optional;
import org.sluice.linux.ethtool.DriverInfo;
import org.sluice.linux.ethtool.Ethtool;
import org.sluice.linux.net.Link;
import org.sluice.linux.net.Links;
import org.sluice.linux.net.VfAttribute;
import org.sluice.linux.net.VirtualFunctionInfo;

/** The part of rtnetlink and ethtool that VFs need, by the name of the PF's netdev; a test gives its own. */
interface PortLinks {
    Optional<Link> find(String port);

    List<VirtualFunctionInfo> virtualFunctions(String port);

    void setVf(String port, int index, VfAttribute attribute);

    void setUp(String port);

    void setMtu(String port, int bytes);

    /** Firmware of the port's card as its driver names it; empty when it does not. */
    String firmware(String port);

    /** Over the kernel's own. */
    static PortLinks over(Links links, Ethtool ethtool) {
        return new PortLinks() {
            @Override
            public Optional<Link> find(String port) {
                return links.find(port);
            }

            @Override
            public List<VirtualFunctionInfo> virtualFunctions(String port) {
                return links.virtualFunctions(port);
            }

            @Override
            public void setVf(String port, int index, VfAttribute attribute) {
                links.setVf(port, index, attribute);
            }

            @Override
            public void setUp(String port) {
                links.setUp(port);
            }

            @Override
            public void setMtu(String port, int bytes) {
                links.setMtu(port, bytes);
            }

            @Override
            public String firmware(String port) {
                return ethtool.driver(port).map(DriverInfo::firmware).orElse("");
            }
        };
    }
}
