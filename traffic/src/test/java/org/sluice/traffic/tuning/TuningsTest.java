package org.sluice.traffic.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.sluice.linux.LinuxException;
import org.sluice.linux.machine.CpuSet;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.Link;
import org.sluice.linux.net.Links;
import org.sluice.traffic.machine.Device;
import org.sluice.traffic.machine.Host;
import org.sluice.traffic.machine.Place;

/** What is wanted of a device, which is only read. */
class TuningsTest {
    private static final CpuSet CPUS = CpuSet.of(0, 1);

    private final Host host = new Host();

    @Test
    void spreadsThePacketsOfAVirtualDeviceOverTheCpus() {
        assumeTrue("root".equals(System.getProperty("user.name")), "Making network namespaces needs root.");
        try (NetworkNamespace namespace = NetworkNamespace.createNameless();
                Links links = Links.in(namespace)) {
            links.createVeth("left", "right");
            Device left = new Device("left", new Place.Held(namespace));

            List<Wish> wishes = Tunings.forForwarding(host, List.of(left), CPUS);

            assertThat(wishes)
                    .contains(
                            new Wish(new RingSizes(left), "rx 4096 tx 4096"),
                            new Wish(new OffloadFeature(left, "rx-gro"), "off"),
                            new Wish(new OffloadFeature(left, "rx-lro"), "off"),
                            new Wish(new QueueDiscipline(left), "noqueue"),
                            new Wish(new ReceiveSteering(left, 0), "0-1"),
                            new Wish(new Governor(0), "performance"),
                            new Wish(new Governor(1), "performance"));
            assertThat(wishes).noneMatch(wish -> wish.setting() instanceof InterruptAffinity);
            assertThat(wishes.getFirst().setting()).as("rings come first").isEqualTo(new RingSizes(left));
            assertThatThrownBy(() ->
                            Tunings.forForwarding(host, List.of(new Device("absent", new Place.Held(namespace))), CPUS))
                    .isInstanceOfSatisfying(
                            LinuxException.class,
                            missing -> assertThat(missing.code()).isEqualTo("link.missing"));
        }
    }

    @Test
    void sendsEachInterruptOfACardToOneCpuAndNeverTakesItsQueue() {
        assumeTrue("root".equals(System.getProperty("user.name")), "Reading another /sys needs root.");
        Optional<Device> card;
        try (Links links = Links.open()) {
            card = links.list().stream()
                    .filter(link ->
                            link.kind().name().isEmpty() && !link.parentDevice().isEmpty())
                    .map(Link::name)
                    .map(Device::here)
                    .findFirst();
        }
        assumeTrue(card.isPresent(), "This machine has no network card.");
        Device device = card.get();

        List<Wish> wishes = Tunings.forForwarding(host, List.of(device), CPUS);

        assertThat(wishes).doesNotContain(new Wish(new QueueDiscipline(device), "noqueue"));
        assertThat(wishes)
                .filteredOn(wish -> wish.setting() instanceof InterruptAffinity)
                .allSatisfy(wish -> assertThat(wish.value()).isIn("0", "1"));
        assertThat(wishes).anyMatch(wish -> wish.setting().equals(new RingSizes(device)));
    }
}
