package org.sluice.linux.xdp;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Writes eBPF programs: one method an instruction, in the order of the program. It knows the instructions that this package's
 * program consists of.
 *
 * <p>An instruction has 8 bytes: operation, destination (low half) and source register (high half) in one byte on little-endian
 * machines, offset (2 bytes), constant (4 bytes). On entry register 1 holds the context; a called function takes its arguments from
 * registers 1 to 5 and answers in register 0, which is also the program's own answer.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9669">RFC 9669, BPF Instruction Set Architecture</a>
 */
final class BpfAssembler {
    static final int INSTRUCTION_LENGTH = 8;

    /** LD | IMM | DW: the one instruction of double length. */
    private static final int LOAD_64_BIT_CONSTANT = 0x18;

    /** LDX | MEM | W. */
    private static final int LOAD_WORD = 0x61;

    /** ALU64 | K | MOV. */
    private static final int MOVE_CONSTANT = 0xB7;

    /** JMP | CALL. */
    private static final int CALL = 0x85;

    /** JMP | EXIT. */
    private static final int EXIT = 0x95;

    /** As source register of a 64-bit constant: the constant is the file number of a map (BPF_PSEUDO_MAP_FD). */
    private static final int MAP_BY_FILE = 1;

    private final ByteArrayOutputStream program = new ByteArrayOutputStream();

    /** {@code rDESTINATION = *(u32 *)(rSOURCE + offset)}. */
    BpfAssembler loadWord(int destination, int source, int offset) {
        return instruction(LOAD_WORD, destination, source, offset, 0);
    }

    /** {@code rDESTINATION = the map that this process has open under the file number}. */
    BpfAssembler loadMap(int destination, int mapFile) {
        return instruction(LOAD_64_BIT_CONSTANT, destination, MAP_BY_FILE, 0, mapFile)
                .instruction(0, 0, 0, 0, 0);
    }

    /** {@code rDESTINATION = constant}. */
    BpfAssembler move(int destination, int constant) {
        return instruction(MOVE_CONSTANT, destination, 0, 0, constant);
    }

    /** {@code r0 = function(r1, r2, r3, r4, r5)}: a function of the kernel by its number. */
    BpfAssembler call(int function) {
        return instruction(CALL, 0, 0, 0, function);
    }

    /** {@code return r0}. */
    BpfAssembler exit() {
        return instruction(EXIT, 0, 0, 0, 0);
    }

    /** The program so far. */
    byte[] bytes() {
        return program.toByteArray();
    }

    private BpfAssembler instruction(int operation, int destination, int source, int offset, int constant) {
        program.writeBytes(ByteBuffer.allocate(INSTRUCTION_LENGTH)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) operation)
                .put((byte) (source << 4 | destination))
                .putShort((short) offset)
                .putInt(constant)
                .array());
        return this;
    }
}
