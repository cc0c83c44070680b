package org.sluice.traffic.scenario;

import java.util.List;
import org.sluice.linux.net.Link;
import org.sluice.linux.net.Links;
import org.sluice.linux.net.VfAttribute;
import org.sluice.linux.net.VirtualFunctionInfo;

/** How the settings of VFs are read and changed; an interface, so that a fake card can answer instead of the kernel. */
interface VfSettings {
    /** All VFs of the PF's network device. */
    List<VirtualFunctionInfo> read(String pf);

    /** Sets one attribute. */
    void set(String pf, int vf, VfAttribute attribute);

    /** Whether the PF's network device is up. */
    boolean isUp(String pf);

    /** The PF's MTU. */
    int mtu(String pf);

    /** The kernel's. */
    static VfSettings kernel() {
        return new VfSettings() {
            @Override
            public List<VirtualFunctionInfo> read(String pf) {
                try (Links links = Links.open()) {
                    return links.virtualFunctions(pf);
                }
            }

            @Override
            public void set(String pf, int vf, VfAttribute attribute) {
                try (Links links = Links.open()) {
                    links.setVf(pf, vf, attribute);
                }
            }

            @Override
            public boolean isUp(String pf) {
                try (Links links = Links.open()) {
                    return links.find(pf).map(Link::up).orElse(false);
                }
            }

            @Override
            public int mtu(String pf) {
                try (Links links = Links.open()) {
                    return links.find(pf).map(Link::mtu).orElse(0);
                }
            }
        };
    }
}
