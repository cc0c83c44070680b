package org.sluice.agent.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.libvirt.event.DomainEvent;
import org.libvirt.event.DomainEventType;
import org.sluice.model.ServerId;

class DomainEventsTest {
    // virDomainEventStoppedDetailType of libvirt-domain.h.
    private static final int SHUTDOWN = 0;
    private static final int DESTROYED = 1;
    private static final int CRASHED = 2;
    private static final int FAILED = 5;

    private final DomainEvents events = new DomainEvents();

    @Test
    void tellsThoseThatCrashedFromThoseThatEnded() {
        ServerId crashed = ServerId.random();
        ServerId failed = ServerId.random();
        ServerId ended = ServerId.random();
        ServerId cutOff = ServerId.random();
        stopped(crashed, CRASHED);
        stopped(failed, FAILED);
        stopped(ended, SHUTDOWN);
        stopped(cutOff, DESTROYED);
        assertThat(List.of(crashed, failed)).allMatch(events::isCrash);
        assertThat(List.of(ended, cutOff)).noneMatch(events::isCrash);
    }

    @Test
    void forgetsACrashWhenTheDomainStartsOrEndsOtherwise() {
        ServerId started = ServerId.random();
        ServerId ended = ServerId.random();
        ServerId removed = ServerId.random();
        List.of(started, ended, removed).forEach(server -> stopped(server, CRASHED));
        events.take(started, new DomainEvent(DomainEventType.STARTED, 0));
        stopped(ended, SHUTDOWN);
        events.forget(removed);
        assertThat(List.of(started, ended, removed)).noneMatch(events::isCrash);
    }

    @Test
    void keepsTheNewestOfSoManyCrashes() {
        List<ServerId> servers = new ArrayList<>();
        for (int i = 0; i < 1_100; i++) {
            ServerId server = ServerId.random();
            servers.add(server);
            stopped(server, CRASHED);
        }
        assertThat(servers.subList(0, 100)).noneMatch(events::isCrash);
        assertThat(servers.subList(100, 1_100)).allMatch(events::isCrash);
    }

    @Test
    void passesEveryEventOnAfterItWasNoted() {
        List<ServerId> told = new ArrayList<>();
        ServerId server = ServerId.random();
        events.tell(which -> {
            assertThat(events.isCrash(which)).isTrue();
            told.add(which);
        });
        stopped(server, CRASHED);
        events.take(server, new DomainEvent(DomainEventType.SUSPENDED, 0));
        assertThat(told).containsExactly(server, server);
    }

    private void stopped(ServerId server, int detail) {
        events.take(server, new DomainEvent(DomainEventType.STOPPED, detail));
    }
}
