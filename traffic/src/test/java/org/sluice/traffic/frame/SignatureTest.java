package org.sluice.traffic.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The eighteen bytes that number a frame, and that leave its checksum alone. */
class SignatureTest {
    @Test
    void writesItsFieldsBigEndianAndABalanceThatMakesTheSumMinusZero() {
        byte[] bytes = new byte[20];
        Signature.write(MemorySegment.ofArray(bytes), 1, 0x12, 0x34, 0x56789ABCL, 0x0102_0304_0506L);
        // 534C + 5543 + 1234 + 5678 + 9ABC + 0102 + 0304 + 0506 = 1B503; B503 + 1 = B504; its complement is 4AFB.
        assertThat(HexFormat.of().formatHex(bytes))
                .isEqualTo("00" + "534c5543" + "12" + "34" + "56789abc" + "010203040506" + "4afb" + "00");
    }

    @Test
    void readsWhatItWrote() {
        MemorySegment memory = MemorySegment.ofArray(new byte[Signature.LENGTH]);
        Signature.write(memory, 0, 255, 128, 0xFFFF_FFFFL, Signature.STAMP_MASK);
        assertThat(Signature.isPresent(memory, 0)).isTrue();
        assertThat(Signature.epoch(memory, 0)).isEqualTo(255);
        assertThat(Signature.stream(memory, 0)).isEqualTo(128);
        assertThat(Signature.sequence(memory, 0)).isEqualTo(0xFFFF_FFFFL);
        assertThat(Signature.stamp(memory, 0)).isEqualTo(Signature.STAMP_MASK);
    }

    @Test
    void keepsOfEachNumberWhatFits() {
        MemorySegment memory = MemorySegment.ofArray(new byte[Signature.LENGTH]);
        Signature.write(memory, 0, 0x1FF, -1, 0x1_0000_0003L, -1L);
        assertThat(Signature.isPresent(memory, 0)).isTrue();
        assertThat(Signature.epoch(memory, 0)).isEqualTo(255);
        assertThat(Signature.stream(memory, 0)).isEqualTo(255);
        assertThat(Signature.sequence(memory, 0)).isEqualTo(3);
        assertThat(Signature.stamp(memory, 0)).isEqualTo(Signature.STAMP_MASK);
    }

    @Test
    void isAbsentWhereTheMagicIsNot() {
        assertThat(Signature.isPresent(MemorySegment.ofArray(new byte[Signature.LENGTH]), 0))
                .isFalse();
    }

    @Test
    void leavesTheChecksumOfTheWholeFrameRightWhateverItSays() {
        byte[] ipv4 = Frames.frame(Frames.ipv4(), 64);
        byte[] ipv6 = Frames.frame(Frames.ipv6(), 85);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 200_000; i++) {
            // Few bits set, many set, or any: the ends of the range are where one's complement goes wrong.
            long thinning = i % 3 == 0 ? 5L << random.nextInt(64) : -1L;
            long sequence = i % 5 == 1 ? ~(random.nextLong() & thinning) : random.nextLong() & thinning;
            long stamp = i % 7 == 1 ? ~(random.nextLong() & thinning) : random.nextLong() & thinning;
            int marks = random.nextInt();
            Signature.write(MemorySegment.ofArray(ipv4), 42, marks, marks >>> 8, sequence, stamp);
            Signature.write(MemorySegment.ofArray(ipv6), 62, marks, marks >>> 8, sequence, stamp);
            assertThat(Frames.udpError(ipv4, 14)).isZero();
            assertThat(Frames.udpError(ipv6, 14)).isZero();
        }
    }

    @Test
    void balancesToZeroAsWellAsToAllOnes() {
        byte[] frame = Frames.frame(Frames.ipv4(), 64);
        MemorySegment memory = MemorySegment.ofArray(frame);
        // Magic: 534C + 5543 = A88F. With 5770 more the words sum up to FFFF, and nothing is left to balance.
        Signature.write(memory, 42, 0, 0, 0x5770, 0);
        assertThat(Frames.word(frame, 58)).isZero();
        assertThat(Frames.udpError(frame, 14)).isZero();
        // With one more it is 1 after the carry.
        Signature.write(memory, 42, 0, 0, 0x5771, 0);
        assertThat(Frames.word(frame, 58)).isEqualTo(0xFFFE);
        assertThat(Frames.udpError(frame, 14)).isZero();
    }
}
