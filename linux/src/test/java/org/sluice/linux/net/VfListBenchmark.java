package org.sluice.linux.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.sluice.linux.netlink.NetlinkMessage;

/** How long the kernel's list of 1,024 VFs takes to read, once it is there; {@code bench/agent} runs it. */
@EnabledIfSystemProperty(
        named = "sluice.bench.agent",
        matches = "\\d+",
        disabledReason = "a benchmark; bench/agent runs it")
class VfListBenchmark {
    private static final int ROUNDS = 200;
    private static final int VFS = 1_024;

    @Test
    void readsTheVfsOfManyCards() {
        byte[] captured = new CapturedMessages().bytes("link-with-vfs");
        int each = list(captured);
        long[] nanos = new long[ROUNDS];
        for (int round = -ROUNDS; round < ROUNDS; round++) {
            long begun = System.nanoTime();
            int read = 0;
            while (read < VFS) {
                read += list(captured);
            }
            assertThat(read).isEqualTo(VFS / each * each);
            if (round >= 0) {
                nanos[round] = System.nanoTime() - begun;
            }
        }
        Arrays.sort(nanos);
        System.out.printf("reading the kernel's list of %d VFs: p50 %.2f ms%n", VFS, nanos[ROUNDS / 2] / 1e6);
    }

    private static int list(byte[] message) {
        return LinkCodec.read(NetlinkMessage.parse(message).getFirst())
                .virtualFunctions()
                .size();
    }
}
