package org.sluice.agent.attachment;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.sluice.agent.boot.Segments;
import org.sluice.agent.host.Bridges.Segment;
import org.sluice.agent.host.Hypervisor;
import org.sluice.agent.journal.Entry.FoundFunction;
import org.sluice.agent.step.Step;
import org.sluice.model.protocol.DesiredInterface.Bridge;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.ServerReport.InterfaceState;

/**
 * A virtio NIC: a tap on the bridge of its network, known to DHCP and metadata there before a guest can ask them.
 *
 * @param server what DHCP and metadata tell of its server
 */
record BridgeAttachment(Segments segments, DesiredServer server, Bridge nic) implements Attachment {
    BridgeAttachment {
        requireNonNull(segments, "segments is null");
        requireNonNull(server, "server is null");
        requireNonNull(nic, "nic is null");
    }

    @Override
    public Precedence precedence() {
        return Precedence.SHARED;
    }

    @Override
    public List<FoundFunction> look() {
        return List.of();
    }

    @Override
    public void recall() {
        segments.recall(nic, server);
    }

    @Override
    public void adopt() {
        segments.adopt(nic);
    }

    @Override
    public void join() {
        segments.join(nic, server);
    }

    @Override
    public List<Step> prepare(BooleanSupplier isPlugged) {
        return List.of(
                new Step("tap of port " + nic.port(), () -> segments.plug(nic), () -> segments.unplug(nic)),
                new Step("DHCP and metadata of port " + nic.port(), this::join, () -> segments.leave(nic)));
    }

    @Override
    public Hypervisor.Nic define() {
        return new Hypervisor.Nic.Tap(
                nic.port(), nic.network(), nic.mac(), nic.vlan(), Segment.tapName(nic.port()), nic.mtu());
    }

    @Override
    public boolean isSaveable() {
        return true;
    }

    @Override
    public List<Step> activate() {
        return List.of();
    }

    @Override
    public InterfaceState verify() {
        return new InterfaceState(nic.port(), segments.plugged(nic), Optional.empty());
    }

    @Override
    public void repair() {
        segments.repair(nic);
    }
}
