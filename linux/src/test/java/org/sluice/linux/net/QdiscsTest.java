package org.sluice.linux.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.netlink.NetlinkException;
import org.sluice.linux.netlink.NetlinkMessage;

class QdiscsTest {
    private NetworkNamespace namespace;
    private Links links;

    @BeforeEach
    void enterThrowAwayNamespace() {
        assumeTrue("root".equals(System.getProperty("user.name")), "Making network namespaces needs root.");
        namespace = NetworkNamespace.createNameless();
        links = Links.in(namespace);
        links.createVeth("left", "right");
    }

    @AfterEach
    void leave() {
        if (links != null) {
            links.close();
            namespace.close();
        }
    }

    @Test
    void putsAQueueDisciplineAtTheRootAndTakesItAway() {
        assertThat(links.qdiscs().root("left")).as("a device that was never up").isEmpty();
        links.setUp("left");
        Qdisc byItself = links.qdiscs().root("left").orElseThrow();
        assertThat(byItself).isEqualTo(new Qdisc("noqueue", 0));
        assertThat(byItself.isDefault()).isTrue();

        for (String kind : new String[] {"pfifo", "pfifo_fast", "noqueue"}) {
            links.qdiscs().replaceRoot("left", kind);
            Qdisc replaced = links.qdiscs().root("left").orElseThrow();
            assertThat(replaced.kind()).isEqualTo(kind);
            assertThat(replaced.isDefault()).isFalse();
        }

        assertThat(links.qdiscs().deleteRoot("left")).isTrue();
        assertThat(links.qdiscs().root("left")).contains(byItself);
        assertThat(links.qdiscs().deleteRoot("left")).isFalse();
    }

    @Test
    void showsThatOfTheDeviceAskedForOnly() {
        links.qdiscs().replaceRoot("right", "pfifo");

        assertThat(links.qdiscs().root("left")).isEmpty();
        assertThat(links.qdiscs().root("right").orElseThrow().kind()).isEqualTo("pfifo");
    }

    @Test
    void tellsWhatWasAskedWhenTheKernelRefuses() {
        assertThatThrownBy(() -> links.qdiscs().replaceRoot("left", "no-such-kind"))
                .isInstanceOfSatisfying(NetlinkException.class, refusal -> {
                    assertThat(refusal.errno()).isEqualTo(Errno.ENOENT);
                    assertThat(refusal.request())
                            .isEqualTo("put the queue discipline no-such-kind at the root of left");
                });
        assertThatThrownBy(() -> links.qdiscs().root("absent"))
                .isInstanceOfSatisfying(
                        LinuxException.class,
                        missing -> assertThat(missing.code()).isEqualTo("link.missing"));
    }

    @Test
    void writesByteForByteWhatTcWrites() {
        assertThat(HexFormat.of().formatHex(Qdiscs.replaceRoot(3, "pfifo").finish(0x6B064189)))
                .as("tc qdisc replace dev left root pfifo")
                .isEqualTo("30000000240005058941066b00000000" + "000000000300000000000000ffffffff"
                        + "000000000a000100706669666f000000");
        assertThat(HexFormat.of().formatHex(Qdiscs.deleteRoot(3).finish(0x6B064189)))
                .as("tc qdisc del dev left root")
                .isEqualTo("24000000250005008941066b00000000" + "000000000300000000000000ffffffff" + "00000000");
    }

    @Test
    void readsBackWhatItWrites() {
        NetlinkMessage message =
                NetlinkMessage.parse(Qdiscs.replaceRoot(3, "pfifo").finish(1)).getFirst();
        assertThat(Qdiscs.read(message)).isEqualTo(new Qdisc("pfifo", 0));
        assertThat(new Qdisc("pfifo", 0x80010000)).hasToString("pfifo 8001:");
    }

    @Test
    void saysThatNoXdpProgramIsAttached() {
        assertThat(links.xdpMode("left")).isEqualTo(XdpMode.NONE);
        assertThat(XdpMode.of(1)).isEqualTo(XdpMode.DRIVER);
        assertThat(XdpMode.of(2)).isEqualTo(XdpMode.GENERIC);
        assertThat(XdpMode.of(99)).isEqualTo(XdpMode.UNLISTED);
    }
}
