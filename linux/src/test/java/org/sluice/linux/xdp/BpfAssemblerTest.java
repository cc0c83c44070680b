package org.sluice.linux.xdp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The instructions against RFC 9669's tables of operation codes and its layout of an instruction. */
class BpfAssemblerTest {
    private static String hex(BpfAssembler program) {
        return HexFormat.ofDelimiter(" ").formatHex(program.bytes());
    }

    @Test
    void writesEachInstructionAsTheRfcLaysItOut() {
        assertThat(hex(new BpfAssembler().loadWord(2, 1, 16))).isEqualTo("61 12 10 00 00 00 00 00");
        assertThat(hex(new BpfAssembler().move(3, -2))).isEqualTo("b7 03 00 00 fe ff ff ff");
        assertThat(hex(new BpfAssembler().call(51))).isEqualTo("85 00 00 00 33 00 00 00");
        assertThat(hex(new BpfAssembler().exit())).isEqualTo("95 00 00 00 00 00 00 00");
    }

    @Test
    void writesAMapAsAnInstructionOfDoubleLengthThatNamesItsFile() {
        assertThat(hex(new BpfAssembler().loadMap(1, 0x0102)))
                .isEqualTo("18 11 00 00 02 01 00 00 00 00 00 00 00 00 00 00");
    }
}
