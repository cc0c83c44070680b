package org.sluice.controller.image.data;

import java.nio.ByteBuffer;

/** Writes the header of a qcow2 image as QEMU's docs/interop/qcow2 has it. */
public final class QcowHeader {
    private final ByteBuffer bytes;

    public QcowHeader(int version, long virtualSize) {
        bytes = ByteBuffer.allocate(4096);
        bytes.putInt(0, 0x514649FB)
                .putInt(4, version)
                .putInt(20, 16)
                .putLong(24, virtualSize)
                .putInt(100, 104);
    }

    public QcowHeader backingFile(long offset) {
        bytes.putLong(8, offset).putInt(16, 10);
        return this;
    }

    QcowHeader clusterBits(int bits) {
        bytes.putInt(20, bits);
        return this;
    }

    QcowHeader encryption(int method) {
        bytes.putInt(32, method);
        return this;
    }

    QcowHeader incompatibleFeatures(long bits) {
        bytes.putLong(72, bits);
        return this;
    }

    /** A header that is long enough for the type of compression, which is there whether the features say so or not. */
    QcowHeader compression(long features, int type) {
        bytes.putLong(72, features).putInt(100, 112).put(104, (byte) type);
        return this;
    }

    QcowHeader headerLength(int length) {
        bytes.putInt(100, length);
        return this;
    }

    QcowHeader extension(int type, int length) {
        bytes.putInt(104, type).putInt(108, length);
        return this;
    }

    public byte[] image() {
        return bytes.array().clone();
    }
}
