package org.sluice.controller.http.door;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;
import java.time.Duration;

/** Writes in pieces, and ends the connection of a client that does not take a piece in time. */
final class PacedWriter implements DataWriter {
    private static final int PIECE = 64 << 10;

    private final DataWriter writer;
    private final Visit visit;
    private final Duration time;

    PacedWriter(DataWriter writer, Visit visit, Duration time) {
        this.writer = writer;
        this.visit = visit;
        this.time = time;
    }

    @Override
    public void write(BufferData... buffers) {
        writeNow(BufferData.create(buffers));
    }

    @Override
    public void write(BufferData buffer) {
        writeNow(buffer);
    }

    @Override
    public void writeNow(BufferData... buffers) {
        writeNow(BufferData.create(buffers));
    }

    @Override
    public void writeNow(BufferData buffer) {
        try {
            while (buffer.available() > PIECE) {
                byte[] piece = new byte[PIECE];
                int length = buffer.read(piece);
                visit.expectWithin(time);
                writer.writeNow(BufferData.create(piece, 0, length));
            }
            visit.expectWithin(time);
            writer.writeNow(buffer);
        } finally {
            visit.expectNothing();
        }
    }

    @Override
    public void flush() {
        writer.flush();
    }
}
