package org.sluice.linux.xdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class XdpSettingsTest {
    @Test
    void dividesTheMemoryIntoTransmitSlotsAndReceiveFrames() {
        XdpSettings settings = new XdpSettings(4096, 64, 65_536, CopyMode.COPY);

        assertThat(settings.memory()).isEqualTo(4096L * 65_600);
        assertThat(settings.receiveOffset()).isEqualTo(4096L * 64);
        assertThat(settings.longestReceivedFrame()).isEqualTo(3840);
    }

    @Test
    void refusesWhatTheKernelWouldRefuse() {
        assertThatThrownBy(() -> new XdpSettings(1024, 64, 64, CopyMode.COPY)).hasMessageContaining("1024 is neither");
        assertThatThrownBy(() -> XdpSettings.transmitting(2048, 100, CopyMode.COPY))
                .hasMessageContaining("transmit slots");
        assertThatThrownBy(() -> XdpSettings.transmitting(2048, 32, CopyMode.COPY))
                .hasMessageContaining("32 is not");
        assertThatThrownBy(() -> XdpSettings.receiving(2048, 131_072, CopyMode.COPY))
                .hasMessageContaining("receive frames");
        assertThatThrownBy(() -> new XdpSettings(2048, 0, 0, CopyMode.COPY)).hasMessageContaining("needs");
    }
}
