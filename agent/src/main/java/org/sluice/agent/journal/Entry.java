package org.sluice.agent.journal;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonAlias;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.sluice.agent.host.VirtualFunctions;
import org.sluice.model.PortId;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.ServerReport.Failure;
import org.sluice.model.protocol.VirtualFunctionLease;

/**
 * What the agent has set out to do with one server. As long as there is an entry, something of the server may be on the
 * host (except in {@link Phase#FAILED}).
 *
 * @param server the server as it is being built, with the newest power that was obeyed; what is removed later is this, whatever
 *     the controller says then
 * @param revision the desired state it was taken from
 * @param phase how far it is
 * @param found its VFs as they were before anything was done to them
 * @param failure why it is being removed, when that is because it could not be built
 * @param guest what was done last about its guest; {@link Guest#UNRECORDED} in what was written before there was this member
 * @param nics NICs that come to the server or go from it while it stands, and are none of {@code server}'s; none in what was written
 *     before there was this member
 */
public record Entry(
        DesiredServer server,
        long revision,
        Phase phase,
        List<FoundFunction> found,
        Optional<Failure> failure,
        Guest guest,
        List<NicEntry> nics) {
    /** How far a server is. */
    public enum Phase {
        /** Steps are being applied. */
        BUILDING,
        /** It was built and verified once; its guest may be on or off. */
        @JsonAlias("RUNNING")
        STANDING,
        /** Steps are being undone; there is no way back up from here. */
        REMOVING,
        /** It could not be built and nothing of it is left; kept so that nobody builds it again. */
        FAILED
    }

    /** A VF before it was touched. */
    public record FoundFunction(VirtualFunctionLease lease, VirtualFunctions.Tuple tuple, Optional<String> driver) {}

    public Entry {
        requireNonNull(server, "server is null");
        requireNonNull(phase, "phase is null");
        found = List.copyOf(found);
        requireNonNull(failure, "failure is null");
        guest = Objects.requireNonNullElse(guest, Guest.UNRECORDED);
        nics = List.copyOf(Objects.requireNonNullElse(nics, List.of()));
    }

    /**
     * A server that is to be built, whose guest runs when it is, if it is to be on. Reboots that were wished before it ever ran
     * are done by its start, and so are NICs that were attached before.
     */
    public static Entry building(DesiredServer wanted, long revision) {
        Power wish = wanted.power();
        Power on = new Power(Power.Level.RUNNING, wish.generation(), wish.boots(), wish.rebuilds(), wish.ending());
        List<DesiredInterface> there = wanted.interfaces().stream()
                .filter(nic -> !nic.wish().goes())
                .map(nic -> nic.wished(DesiredInterface.Wish.THERE))
                .toList();
        return new Entry(
                wanted.powered(on).wired(there).wishing(wanted.diskWish().lasting()),
                revision,
                Phase.BUILDING,
                List.of(),
                Optional.empty(),
                Guest.fresh(),
                List.of());
    }

    /** A server of which this host has more than the journal knew: its guest, if it is on, is taken for not wholly started. */
    public static Entry adopted(DesiredServer wanted, long revision, Phase phase) {
        return new Entry(
                wanted.wishing(wanted.diskWish().lasting()),
                revision,
                phase,
                List.of(),
                Optional.empty(),
                Guest.fresh(),
                List.of());
    }

    /** The server's id. */
    public ServerId id() {
        return server.id();
    }

    /** The server with every NIC of which something may be on the host. */
    public DesiredServer whole() {
        if (nics.isEmpty()) {
            return server;
        }
        List<DesiredInterface> all = new ArrayList<>(server.interfaces());
        nics.stream().filter(NicEntry::mayBeHere).map(NicEntry::nic).forEach(all::add);
        return server.wired(all);
    }

    /** What is written of a NIC that comes or goes, if it does. */
    public Optional<NicEntry> nic(PortId port) {
        return nics.stream().filter(each -> each.port().equals(port)).findFirst();
    }

    /** The newest wish about its power that was obeyed. */
    public Power obeyed() {
        return server.power();
    }

    /** The same server, with what was looked up about its VFs. */
    public Entry found(List<FoundFunction> functions) {
        return new Entry(server, revision, phase, functions, failure, guest, nics);
    }

    /** The same server, further on. */
    public Entry in(Phase next) {
        return new Entry(server, revision, next, found, failure, guest, nics);
    }

    /** The same server, on its way out because it could not be built. */
    public Entry failed(Failure why) {
        return new Entry(server, revision, Phase.REMOVING, found, Optional.of(why), guest, nics);
    }

    /** The same server, for the request that the other was changed for last; unchanged when none is named. */
    public Entry askedLike(DesiredServer other) {
        return other.requestId().isEmpty()
                ? this
                : new Entry(server.askedLike(other), revision, phase, found, failure, guest, nics);
    }

    /** The same server, under the claim of the other one; unchanged when that names none. */
    public Entry claimedLike(DesiredServer other) {
        return new Entry(server.claimed(other.claim().or(server::claim)), revision, phase, found, failure, guest, nics);
    }

    /** The same server with other words about it (metadata, keys), at another revision. */
    public Entry describedBy(DesiredServer newer, long newerRevision) {
        return new Entry(newer, newerRevision, phase, found, failure, guest, nics);
    }

    /** The same server, whose guest is to be ended for that wish. */
    public Entry ending(Power wish) {
        return guest(obeyed(), guest.ending(wish));
    }

    /** The same server, whose guest is off by our doing, which obeys that wish as far as it can be while the guest is off. */
    public Entry ended(Power wish) {
        return guest(wish, guest.ended());
    }

    /** The same server, whose guest was started wholly in that boot of the host, which obeys that wish. */
    public Entry started(Power wish, String hostBoot) {
        return guest(wish, guest.started(hostBoot));
    }

    /** The same server, whose guest runs and stands still while its root disk is copied. */
    public Entry held() {
        return guest(obeyed(), guest.held());
    }

    /** The same server, whose guest's memory is to be saved for that wish. */
    public Entry saving(Power wish) {
        return guest(obeyed(), guest.saving(wish));
    }

    /** The same server, whose guest is off and whose guest's memory is in a file, as that wish has it. */
    public Entry saved(Power wish) {
        return guest(wish, guest.saved());
    }

    /** The same server, whose guest is to go on from its saved memory in that boot of the host, for that wish. */
    public Entry restoring(Power wish, String hostBoot) {
        return guest(obeyed(), guest.restoring(wish, hostBoot));
    }

    /** The same server, whose guest could not be ended and is left as it is. */
    public Entry spared() {
        return guest(obeyed(), guest.spared());
    }

    /** The same server, which obeys that wish as it is. */
    public Entry obeying(Power wish) {
        return guest(wish, guest);
    }

    /** The same server, which has no root disk, and is to have one from that image; it is the so manyth that was made anew. */
    public Entry rebuilt(DesiredServer.Image image, int times) {
        DesiredServer remade = server.imaged(image).powered(obeyed().rebuilt(times));
        return new Entry(remade, revision, phase, found, failure, guest.ended(), nics);
    }

    /** The same server, whose guest is off and whose root disk is about to be taken away for another. */
    public Entry rebuilding() {
        return guest(obeyed(), guest.rebuilding());
    }

    /** The same server, whose NIC comes or goes; it is none that is simply there. */
    public Entry moving(NicEntry nic) {
        if (nics.contains(nic)) {
            return this;
        }
        return without(nic.port())
                .with(Stream.concat(others(nic.port()), Stream.of(nic)).toList());
    }

    /** The same server, which has that NIC of those that came. */
    public Entry settled(NicEntry nic) {
        Entry without = without(nic.port());
        List<DesiredInterface> all = new ArrayList<>(without.server.interfaces());
        all.add(nic.nic().wished(DesiredInterface.Wish.THERE));
        return new Entry(without.server.wired(all), revision, phase, found, failure, guest, without.nics);
    }

    /** The same server without that NIC. */
    public Entry without(PortId port) {
        List<DesiredInterface> left = server.interfaces().stream()
                .filter(each -> !each.port().equals(port))
                .toList();
        return new Entry(
                server.wired(left),
                revision,
                phase,
                found,
                failure,
                guest,
                others(port).toList());
    }

    private Stream<NicEntry> others(PortId port) {
        return nics.stream().filter(each -> !each.port().equals(port));
    }

    private Entry with(List<NicEntry> others) {
        return new Entry(server, revision, phase, found, failure, guest, others);
    }

    /**
     * Whatever else is obeyed of a wish, a disk is made anew by {@link #rebuilt} alone. A count that is behind is taken over: the
     * controller's database was restored, and the next one that it wishes must be one more than what is known here.
     */
    private Entry guest(Power power, Guest other) {
        int times = Math.min(power.rebuilds(), obeyed().rebuilds());
        return new Entry(server.powered(power.rebuilt(times)), revision, phase, found, failure, other, nics);
    }
}
