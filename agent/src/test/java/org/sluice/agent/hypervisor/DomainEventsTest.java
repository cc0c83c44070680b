package org.sluice.agent.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.libvirt.event.DomainEvent;
import org.libvirt.event.DomainEventType;
import org.libvirt.event.StoppedDetail;
import org.sluice.model.ServerId;

class DomainEventsTest {
    private final DomainEvents events = new DomainEvents();

    @Test
    void tellsThoseThatCrashedFromThoseThatEnded() {
        ServerId crashed = ServerId.random();
        ServerId failed = ServerId.random();
        ServerId ended = ServerId.random();
        ServerId cutOff = ServerId.random();
        stopped(crashed, StoppedDetail.CRASHED);
        stopped(failed, StoppedDetail.FAILED);
        stopped(ended, StoppedDetail.SHUTDOWN);
        stopped(cutOff, StoppedDetail.DESTROYED);
        assertThat(List.of(crashed, failed)).allMatch(events::isCrash);
        assertThat(List.of(ended, cutOff)).noneMatch(events::isCrash);
    }

    @Test
    void forgetsACrashWhenTheDomainStartsOrEndsOtherwise() {
        ServerId started = ServerId.random();
        ServerId ended = ServerId.random();
        ServerId removed = ServerId.random();
        List.of(started, ended, removed).forEach(server -> stopped(server, StoppedDetail.CRASHED));
        events.take(started, new DomainEvent(DomainEventType.STARTED, 0));
        stopped(ended, StoppedDetail.SHUTDOWN);
        events.forget(removed);
        assertThat(List.of(started, ended, removed)).noneMatch(events::isCrash);
    }

    @Test
    void keepsTheNewestOfSoManyCrashes() {
        List<ServerId> servers = new ArrayList<>();
        for (int i = 0; i < 1_100; i++) {
            ServerId server = ServerId.random();
            servers.add(server);
            stopped(server, StoppedDetail.CRASHED);
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
        stopped(server, StoppedDetail.CRASHED);
        events.take(server, new DomainEvent(DomainEventType.SUSPENDED, 0));
        assertThat(told).containsExactly(server, server);
    }

    private void stopped(ServerId server, StoppedDetail detail) {
        events.take(server, new DomainEvent(DomainEventType.STOPPED, detail.ordinal()));
    }
}
