package org.sluice.agent.journal;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.sluice.model.PortId;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.ServerReport.Failure;

/**
 * What the agent has set out to do with one NIC of a server that stands. Once it is attached it is one of the server's NICs, and
 * nothing more is written of it.
 *
 * @param nic the NIC, with the wish that it comes or goes for
 * @param phase how far it is
 * @param failure why it is being taken away, when that is because it could not be attached
 */
public record NicEntry(DesiredInterface nic, Phase phase, Optional<Failure> failure) {
    /** How far a NIC is. */
    public enum Phase {
        /** Steps are being applied. */
        ATTACHING,
        /** Steps are being undone; there is no way back up from here. */
        DETACHING,
        /** It could not be attached and nothing of it is left; kept so that nobody attaches it again under the same number. */
        FAILED
    }

    public NicEntry {
        requireNonNull(nic, "nic is null");
        requireNonNull(phase, "phase is null");
        requireNonNull(failure, "failure is null");
    }

    /** One that is to come. */
    public static NicEntry attaching(DesiredInterface nic) {
        return new NicEntry(nic, Phase.ATTACHING, Optional.empty());
    }

    /** One that is to go. */
    public static NicEntry detaching(DesiredInterface nic) {
        return new NicEntry(nic, Phase.DETACHING, Optional.empty());
    }

    /** The same NIC, on its way out because it could not be attached. */
    public NicEntry failed(Failure why) {
        return new NicEntry(nic, Phase.DETACHING, Optional.of(why));
    }

    /** The same NIC, further on. */
    public NicEntry in(Phase next) {
        return new NicEntry(nic, next, failure);
    }

    /** The port that it is. */
    public PortId port() {
        return nic.port();
    }

    /** The number under which it comes or goes. */
    public long change() {
        return nic.wish().change();
    }

    /** Whether something of it may be on the host. */
    public boolean mayBeHere() {
        return switch (phase) {
            case ATTACHING, DETACHING -> true;
            case FAILED -> false;
        };
    }
}
