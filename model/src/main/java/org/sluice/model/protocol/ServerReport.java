package org.sluice.model.protocol;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.sluice.model.ImageId;
import org.sluice.model.MacAddress;
import org.sluice.model.PortId;
import org.sluice.model.ServerId;

/** What an agent found out about one server. The newest report counts; sending one twice changes nothing. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = ServerReport.Observed.class, name = "observed"),
    @JsonSubTypes.Type(value = ServerReport.Failed.class, name = "failed"),
    @JsonSubTypes.Type(value = ServerReport.Absent.class, name = "absent"),
    @JsonSubTypes.Type(value = ServerReport.NotCopied.class, name = "notCopied")
})
public sealed interface ServerReport {
    /** The server. */
    ServerId server();

    /** Which claim of the server it is about ({@link DesiredServer#claim}); empty where the agent was never told. */
    Optional<Long> claim();

    /** The same report, of that claim. */
    ServerReport about(Optional<Long> other);

    /**
     * What there is of a server that stands on the host.
     *
     * @param generation of the power that was wished of it when this was seen ({@link Power#generation})
     * @param power what the hypervisor says of its guest
     * @param interfaces its NICs as read back, each with every attribute that was asked for; none while its guest does not run
     * @param failure why the power is not the one that is wished; empty when it is, or when the guest has ended by itself
     * @param gone NICs that should be gone and are, and those that could not be attached, of which nothing is left; none in what was
     *     written before there was this member
     * @param failed NICs that could not be attached or detached; none in what was written before there was this member
     * @param drifts NICs that once read back otherwise than they were set up, each as it was the last time in this life of the agent; none in
     *     what was written before there was this member
     */
    record Observed(
            ServerId server,
            long generation,
            PowerState power,
            List<InterfaceState> interfaces,
            Optional<Failure> failure,
            List<InterfaceGone> gone,
            List<InterfaceFailed> failed,
            List<InterfaceDrift> drifts,
            Optional<Long> claim)
            implements ServerReport {
        public Observed {
            requireNonNull(server, "server is null");
            requireNonNull(power, "power is null");
            requireNonNull(interfaces, "interfaces is null");
            interfaces.forEach(each -> requireNonNull(each, "interfaces has a null in it"));
            interfaces = List.copyOf(interfaces);
            requireNonNull(failure, "failure is null");
            gone = List.copyOf(Objects.requireNonNullElse(gone, List.of()));
            failed = List.copyOf(Objects.requireNonNullElse(failed, List.of()));
            drifts = List.copyOf(Objects.requireNonNullElse(drifts, List.of()));
            claim = Objects.requireNonNullElse(claim, Optional.empty());
        }

        /** One none of whose NICs ever drifted, of a claim that is not known. */
        public Observed(
                ServerId server,
                long generation,
                PowerState power,
                List<InterfaceState> interfaces,
                Optional<Failure> failure,
                List<InterfaceGone> gone,
                List<InterfaceFailed> failed) {
            this(server, generation, power, interfaces, failure, gone, failed, List.of(), Optional.empty());
        }

        @Override
        public Observed about(Optional<Long> other) {
            return new Observed(server, generation, power, interfaces, failure, gone, failed, drifts, other);
        }

        /** One none of whose NICs came or went. */
        public Observed(
                ServerId server,
                long generation,
                PowerState power,
                List<InterfaceState> interfaces,
                Optional<Failure> failure) {
            this(server, generation, power, interfaces, failure, List.of(), List.of());
        }
    }

    /**
     * A NIC of which nothing is on the host any more, or never was.
     *
     * @param change the number under which it was to come or go ({@link DesiredInterface.Wish#change})
     * @param released leases that were given up for it, with their generations
     */
    record InterfaceGone(PortId port, long change, List<VirtualFunctionLease> released) {
        public InterfaceGone {
            requireNonNull(port, "port is null");
            requireNonNull(released, "released is null");
            released.forEach(each -> requireNonNull(each, "released has a null in it"));
            released = List.copyOf(released);
        }
    }

    /**
     * A NIC that could not be attached, or could not be detached yet; the second is tried on.
     *
     * @param change the number under which it was to come or go ({@link DesiredInterface.Wish#change})
     */
    record InterfaceFailed(PortId port, long change, Failure failure) {
        public InterfaceFailed {
            requireNonNull(port, "port is null");
            requireNonNull(failure, "failure is null");
        }
    }

    /**
     * A NIC of a guest that runs read back otherwise than it was set up, and not by our doing.
     *
     * @param what how it read back
     * @param at when, by the host's clock
     * @param lasts whether it still does: what a repair would cut the guest off for is left
     */
    record InterfaceDrift(PortId port, Failure what, Instant at, boolean lasts) {
        public InterfaceDrift {
            requireNonNull(port, "port is null");
            requireNonNull(what, "what is null");
            requireNonNull(at, "at is null");
        }
    }

    /**
     * Why something could not be done.
     *
     * @param code stable name of the failure, {@code VfAttributeRefused}
     * @param reason complete sentences: what failed, and the cause chain
     * @param fix what the operator can do about it
     */
    record Failure(String code, String reason, Optional<String> fix) {
        public Failure {
            requireNonNull(code, "code is null");
            requireNonNull(reason, "reason is null");
            requireNonNull(fix, "fix is null");
        }
    }

    /** It could not be built; every step that had been done was undone. */
    record Failed(ServerId server, Failure failure, Optional<Long> claim) implements ServerReport {
        public Failed {
            requireNonNull(server, "server is null");
            requireNonNull(failure, "failure is null");
            claim = Objects.requireNonNullElse(claim, Optional.empty());
        }

        /** One of a claim that is not known. */
        public Failed(ServerId server, Failure failure) {
            this(server, failure, Optional.empty());
        }

        @Override
        public Failed about(Optional<Long> other) {
            return new Failed(server, failure, other);
        }
    }

    /**
     * Nothing of it is left on the host, and every VF of it reads back neutral.
     *
     * @param released leases that were given up, with their generations
     */
    record Absent(ServerId server, List<VirtualFunctionLease> released, Optional<Long> claim) implements ServerReport {
        public Absent {
            requireNonNull(server, "server is null");
            requireNonNull(released, "released is null");
            released.forEach(each -> requireNonNull(each, "released has a null in it"));
            released = List.copyOf(released);
            claim = Objects.requireNonNullElse(claim, Optional.empty());
        }

        /** One of a claim that is not known. */
        public Absent(ServerId server, List<VirtualFunctionLease> released) {
            this(server, released, Optional.empty());
        }

        @Override
        public Absent about(Optional<Long> other) {
            return new Absent(server, released, other);
        }
    }

    /** Its root disk, a copy of which is to become that image, could not be copied or brought to the controller; the server stands. */
    record NotCopied(ServerId server, ImageId image, Failure failure, Optional<Long> claim) implements ServerReport {
        public NotCopied {
            requireNonNull(server, "server is null");
            requireNonNull(image, "image is null");
            requireNonNull(failure, "failure is null");
            claim = Objects.requireNonNullElse(claim, Optional.empty());
        }

        /** One of a claim that is not known. */
        public NotCopied(ServerId server, ImageId image, Failure failure) {
            this(server, image, failure, Optional.empty());
        }

        @Override
        public NotCopied about(Optional<Long> other) {
            return new NotCopied(server, image, failure, other);
        }
    }

    /**
     * An interface as read back from the kernel.
     *
     * @param port the port
     * @param device tap name for a bridge port, PCI address for a VF
     * @param virtualFunction the VF's tuple as read back; empty for a bridge port
     */
    record InterfaceState(PortId port, String device, Optional<VirtualFunctionState> virtualFunction) {
        public InterfaceState {
            requireNonNull(port, "port is null");
            requireNonNull(device, "device is null");
            requireNonNull(virtualFunction, "virtualFunction is null");
        }
    }

    /**
     * A VF's tuple as the kernel reads it back; a flag is empty where the driver does not report it.
     *
     * @param refused attributes that the driver does not take, by their names in {@code ip link}; the port asked for none
     *     of them
     */
    record VirtualFunctionState(
            VirtualFunctionLease lease,
            MacAddress mac,
            int vlan,
            int qos,
            Optional<Boolean> spoofCheck,
            Optional<Boolean> trust,
            int minTxRate,
            int maxTxRate,
            List<String> refused) {
        public VirtualFunctionState {
            requireNonNull(lease, "lease is null");
            requireNonNull(mac, "mac is null");
            requireNonNull(spoofCheck, "spoofCheck is null");
            requireNonNull(trust, "trust is null");
            requireNonNull(refused, "refused is null");
            refused.forEach(each -> requireNonNull(each, "refused has a null in it"));
            refused = List.copyOf(refused);
        }

        /** A tuple of a driver that takes every attribute. */
        public VirtualFunctionState(
                VirtualFunctionLease lease,
                MacAddress mac,
                int vlan,
                int qos,
                Optional<Boolean> spoofCheck,
                Optional<Boolean> trust,
                int minTxRate,
                int maxTxRate) {
            this(lease, mac, vlan, qos, spoofCheck, trust, minTxRate, maxTxRate, List.of());
        }
    }
}
