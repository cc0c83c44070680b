package org.sluice.traffic.scenario;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.sluice.linux.LinuxException;
import org.sluice.linux.net.VirtualFunctionInfo;
import org.sluice.linux.pci.PciAddress;
import org.sluice.linux.pci.PciFunction;
import org.sluice.linux.pci.PciNetworkDevice;
import org.sluice.linux.pci.PhysicalFunction;
import org.sluice.linux.pci.VirtualFunction;
import org.sluice.linux.vfio.VfioBinder;

/**
 * Which VFs of this machine may be taken, and why the others may not.
 *
 * <p>Never taken: a VF whose network device is up, or somewhere else, one that a program has through VFIO, one without an IOMMU group,
 * one of a PF that is down. Taken only when named: one with an administrator's MAC address or a VLAN, because that is what a cloud, a
 * hypervisor or Sluice's own agent gives to VFs that it has leased, also while their virtual machines are off.
 *
 * @param usable when none are named: those of the PF that has the most, so that frames stay inside one card
 * @param refused one sentence for each VF or PF that was looked at and cannot be used
 */
record FunctionSupply(List<UsableFunction> usable, List<String> refused) {
    private static final int ETHERNET_CLASS = 0x02;

    FunctionSupply {
        usable = List.copyOf(usable);
        refused = List.copyOf(refused);
    }

    /** @param named the only ones to look at, in this order; empty for all */
    static FunctionSupply look(Functions functions, List<PciAddress> named) {
        Search search = new Search(functions, named);
        search.run();
        return new FunctionSupply(search.usable(), search.refused);
    }

    private static final class Search {
        private final Functions functions;
        private final List<PciAddress> named;
        private final List<List<UsableFunction>> byPf = new ArrayList<>();
        private final List<String> refused = new ArrayList<>();

        Search(Functions functions, List<PciAddress> named) {
            this.functions = requireNonNull(functions, "functions is null");
            this.named = named;
        }

        void run() {
            for (PhysicalFunction physical : functions.tree().physicalFunctions()) {
                if (physical.function().classCode() >>> 16 == ETHERNET_CLASS
                        && physical.virtualFunctions().stream().anyMatch(this::isWanted)) {
                    byPf.add(usableOf(physical));
                }
            }
            for (PciAddress address : named) {
                if (functions.tree().physicalFunctionOf(address).isEmpty()) {
                    refused.add("There is no VF at " + address + ".");
                }
            }
        }

        List<UsableFunction> usable() {
            if (named.isEmpty()) {
                return byPf.stream().max(Comparator.comparingInt(List::size)).orElse(List.of());
            }
            return byPf.stream()
                    .flatMap(List::stream)
                    .sorted(Comparator.comparingInt(function -> named.indexOf(function.address())))
                    .toList();
        }

        private boolean isWanted(VirtualFunction function) {
            return named.isEmpty() || named.contains(function.function().address());
        }

        private List<UsableFunction> usableOf(PhysicalFunction physical) {
            Optional<String> pf = physical.function().networkDevice().map(PciNetworkDevice::name);
            if (pf.isEmpty()) {
                refused.add("The PF " + physical.address() + " has no network device.");
                return List.of();
            }
            String name = pf.orElseThrow();
            if (!functions.settings().isUp(name)) {
                refused.add("The PF " + name + " is down (ip link set " + name + " up).");
                return List.of();
            }
            List<VirtualFunctionInfo> infos;
            try {
                infos = functions.settings().read(name);
            } catch (LinuxException refusal) {
                refused.add("The VFs of " + name + " cannot be read: " + refusal.sentence());
                return List.of();
            }
            List<UsableFunction> usable = new ArrayList<>();
            for (VirtualFunction function : physical.virtualFunctions()) {
                if (isWanted(function)) {
                    consider(function, name, infos, usable);
                }
            }
            return usable;
        }

        private void consider(
                VirtualFunction virtual, String pf, List<VirtualFunctionInfo> infos, List<UsableFunction> usable) {
            PciFunction function = virtual.function();
            String vf = "VF " + virtual.index() + " of " + pf + " (" + function.address() + ")";
            Optional<VirtualFunctionInfo> info = infos.stream()
                    .filter(each -> each.index() == virtual.index())
                    .findFirst();
            if (info.isEmpty()) {
                refused.add("The driver of " + pf + " tells nothing about " + vf + ".");
                return;
            }
            FunctionState found = FunctionState.of(info.orElseThrow(), function.driverName());
            Optional<String> obstacle = obstacle(function, found);
            if (obstacle.isPresent()) {
                refused.add(vf + " " + obstacle.orElseThrow() + ".");
            } else {
                usable.add(new UsableFunction(virtual, pf, found));
            }
        }

        private Optional<String> obstacle(PciFunction function, FunctionState found) {
            if (function.iommuGroup().isEmpty()) {
                return Optional.of("is in no IOMMU group, since the IOMMU is off");
            }
            if (functions.isGroupInUse(function.iommuGroupNumber())) {
                return Optional.of("is in use by a program through VFIO");
            }
            boolean hostDriver = !found.driver().isEmpty() && !found.driver().equals(VfioBinder.DRIVER);
            if (hostDriver && function.networkDevices().isEmpty()) {
                return Optional.of("has the driver " + found.driver()
                        + " and no network device here, so it is in another namespace or no network card");
            }
            for (PciNetworkDevice device : function.networkDevices()) {
                if (functions.settings().isUp(device.name())) {
                    return Optional.of("is in use: its network device " + device.name() + " is up");
                }
            }
            if (named.isEmpty() && !found.isNobodys()) {
                return Optional.of("has been given the MAC address " + found.mac() + " and VLAN " + found.vlan()
                        + ", so it is somebody's; name it to use it all the same");
            }
            return Optional.empty();
        }
    }
}
