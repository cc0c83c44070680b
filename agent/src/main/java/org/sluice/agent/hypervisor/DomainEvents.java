package org.sluice.agent.hypervisor;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashSet;
import java.util.function.Consumer;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;
import org.libvirt.event.DomainEvent;
import org.libvirt.event.DomainEventType;
import org.libvirt.event.LifecycleListener;
import org.libvirt.event.StoppedDetail;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.model.ServerId;

/**
 * What libvirt tells of its domains by itself. Passes on that something happened to a domain; of what happened it keeps one
 * thing, which domains have crashed, since of a transient one nothing else is left. Thread-safe.
 */
final class DomainEvents implements LifecycleListener {
    private static final Logger log = LoggerFactory.getLogger(DomainEvents.class);

    /** More crashes than that are the host's, and what fell out of memory is only called stopped. */
    private static final int MOST_CRASHES = 1_000;

    private final LinkedHashSet<ServerId> crashed = new LinkedHashSet<>();
    private volatile Consumer<ServerId> listener = server -> {};

    /** Tells this listener from now on. */
    void tell(Consumer<ServerId> to) {
        listener = requireNonNull(to, "to is null");
    }

    /** Takes the events of this connection too. */
    void follow(Connect connection) {
        try {
            connection.addLifecycleListener(this);
        } catch (LibvirtException failure) {
            log.warn("libvirt does not tell what happens to domains; they are looked at from time to time", failure);
        }
    }

    /** Takes none of this connection any more. */
    void leave(Connect connection) {
        try {
            connection.removeLifecycleListener(this);
        } catch (LibvirtException failure) {
            log.debug("the connection is gone with its events", failure);
        }
    }

    /** Whether the newest that was told of a domain is that it crashed. */
    boolean isCrash(ServerId server) {
        synchronized (crashed) {
            return crashed.contains(server);
        }
    }

    /** Forgets how a domain ended. */
    void forget(ServerId server) {
        synchronized (crashed) {
            crashed.remove(server);
        }
    }

    @Override
    public int onLifecycleChange(Domain domain, DomainEvent event) {
        // Whatever is thrown here ends in native code.
        try {
            ServerId server = ServerId.parse(domain.getUUIDString());
            domain.free();
            take(server, event);
        } catch (LibvirtException | RuntimeException failure) {
            log.warn("the event {} of libvirt could not be taken", event, failure);
        }
        return 0;
    }

    /** Takes an event of a domain. */
    void take(ServerId server, DomainEvent event) {
        note(server, event);
        listener.accept(server);
    }

    private void note(ServerId server, DomainEvent event) {
        if (event.getType() == DomainEventType.STOPPED || event.getType() == DomainEventType.STARTED) {
            synchronized (crashed) {
                crashed.remove(server);
                if (event.getType() == DomainEventType.STOPPED && isCrash(event)) {
                    crashed.add(server);
                }
                if (crashed.size() > MOST_CRASHES) {
                    crashed.removeFirst();
                }
            }
        }
    }

    /** A domain whose QEMU is gone without a word has "failed" (qemuProcessHandleMonitorEOF in libvirt's qemu_process.c). */
    private static boolean isCrash(DomainEvent event) {
        Enum<?> detail = event.<StoppedDetail>getDetail();
        return detail == StoppedDetail.CRASHED || detail == StoppedDetail.FAILED;
    }
}
