package org.sluice.agent;

import java.util.List;
import java.util.Optional;
import org.sluice.agent.journal.Entry;
import org.sluice.agent.journal.Guest;
import org.sluice.agent.journal.NicEntry;
import org.sluice.agent.power.GuestPower;
import org.sluice.agent.turn.Work;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.DesiredServer.Presence;

/** What there is to do for a server, as journal and desired state tell without asking the host, which may hang. Pure. */
final class NextWork {
    private NextWork() {}

    /**
     * The kind of work that comes next.
     *
     * @param known what the journal says of the server
     * @param desired what is wanted of it
     */
    static Work of(Optional<Entry> known, Optional<DesiredServer> desired) {
        if (desired.filter(wanted -> wanted.presence() == Presence.ABSENT).isPresent()) {
            return Work.REMOVING;
        }
        if (known.isEmpty()) {
            return desired.isPresent() ? Work.BUILDING : Work.KEEPING;
        }
        Entry entry = known.get();
        return switch (entry.phase()) {
            case BUILDING -> Work.BUILDING;
            case STANDING -> standing(entry, desired);
            case REMOVING -> Work.REMOVING;
            case FAILED ->
                desired.filter(wanted -> wanted.isClaimedOtherwiseThan(entry.server()))
                        .map(_ -> Work.BUILDING)
                        .orElse(Work.KEEPING);
        };
    }

    /** Its NICs first, as they are seen to first. */
    private static Work standing(Entry entry, Optional<DesiredServer> desired) {
        if (entry.guest().stage() == Guest.Stage.HELD) {
            // It stands still for a copy that an agent of before was taking, and is to go on before anything else.
            return Work.ENDING;
        }
        if (entry.nics().stream().anyMatch(NicEntry::mayBeHere)
                || desired.filter(wanted -> moves(entry, wanted)).isPresent()) {
            return Work.PLUGGING;
        }
        Work power = GuestPower.workFor(
                entry, desired.map(DesiredServer::power).orElseGet(() -> GuestPower.lastWish(entry)));
        boolean isCopied = desired.flatMap(wanted -> wanted.diskWish().copyTo()).isPresent();
        return power == Work.KEEPING && isCopied ? Work.COPYING : power;
    }

    private static boolean moves(Entry entry, DesiredServer wanted) {
        List<DesiredInterface> nics = wanted.interfaces();
        return nics.stream()
                .anyMatch(nic -> nic.wish().goes()
                        ? entry.server().nic(nic.port()).isPresent()
                        : entry.server().nic(nic.port()).isEmpty()
                                && entry.nic(nic.port()).isEmpty());
    }
}
