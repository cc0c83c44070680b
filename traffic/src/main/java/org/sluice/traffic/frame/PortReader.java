package org.sluice.traffic.frame;

import static java.util.Objects.requireNonNull;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Judges the frames of all streams that end at one port, each by its own {@link FrameReader}: they may come by different routers, from
 * and to different addresses. Allocates nothing after construction. For one thread.
 *
 * <p>The {@link Signature} names the stream. One that is intact is believed: a frame that names a stream which does not end here is
 * FOREIGN. Where it is damaged or not found, what is CORRUPTED is told of the stream whose headers the frame differs from in the fewest
 * bits, and of the first of these if there are several.
 */
public final class PortReader {
    private static final int MOST_STREAMS = 256;

    private final @Nullable FrameReader[] readers = new @Nullable FrameReader[MOST_STREAMS];
    private final KnownHeaders known = new KnownHeaders();
    private final int[] streams;
    /** Bytes before the signature of the last whole frame; more than any frame has before the first. */
    private int header = Integer.MAX_VALUE - Signature.LENGTH;

    private KnownFrame last = new KnownFrame();
    private int kind;
    private int stream;
    private long first;
    private long second;

    /** @param readers at least one, by the number of its stream, 0 to 255 */
    public PortReader(Map<Integer, FrameReader> readers) {
        TreeMap<Integer, FrameReader> ordered = new TreeMap<>(readers);
        if (ordered.isEmpty() || ordered.firstKey() < 0 || ordered.lastKey() >= MOST_STREAMS) {
            throw new IllegalArgumentException(
                    "A port reads 1 to 256 streams with the numbers 0 to 255, not " + ordered.keySet() + ".");
        }
        ordered.forEach((number, reader) -> this.readers[number] = reader);
        this.streams = ordered.keySet().stream().mapToInt(Integer::intValue).toArray();
        this.stream = streams[0];
    }

    /** The numbers of the streams that are read, in ascending order. */
    public int[] streams() {
        return streams.clone();
    }

    /**
     * Judges a frame.
     *
     * @param at the byte where its destination MAC address starts
     * @param length its bytes without frame check sequence, all of which are in the words: the caller's duty
     * @return {@link FrameReader#WHOLE}, {@link FrameReader#CORRUPTED} or {@link FrameReader#FOREIGN}
     */
    public int classify(FrameWords frames, int at, int length) {
        long[] words = frames.words();
        KnownFrame like = last;
        if (!like.isLike(words, at, length)) {
            like = find(frames, at, length);
            if (like == null) {
                return kind;
            }
            last = like;
        }
        int signature = like.signature(at);
        first = FrameWords.bigEndian(words, signature);
        second = FrameWords.bigEndian(words, signature + Signature.SECOND);
        stream = like.stream();
        return FrameReader.WHOLE;
    }

    /** What a whole frame is like that is not like the last one; for any other frame nothing, and {@link #kind} says what it is. */
    private @Nullable KnownFrame find(FrameWords frames, int at, int length) {
        long[] words = frames.words();
        // Headers of that length end at or before the frame's end.
        if (length >= header + Signature.LENGTH) {
            KnownFrame candidate = known.candidate(words, at, header);
            if (candidate != null && candidate.isLike(words, at, length)) {
                return candidate;
            }
        }
        kind = judge(frames.memory(), at, length);
        return kind == FrameReader.WHOLE ? known.add(words, at, length, header) : null;
    }

    /** The number of the stream that the last whole or corrupted frame is told of. */
    public int stream() {
        return stream;
    }

    /** Trial of the last whole frame, 0 to 255. */
    public int epoch() {
        return Signature.epoch(first);
    }

    /** Sequence number of the last whole frame, 0 to 2^32 - 1. */
    public long sequence() {
        return Signature.sequence(first, second);
    }

    /** Stamp of the last whole frame, 0 to 2^48 - 1; 0 for none. */
    public long stamp() {
        return Signature.stamp(second);
    }

    private int judge(MemorySegment memory, int at, int length) {
        long signature = signature(memory, at, length);
        if (signature >= 0) {
            int named = Signature.stream(memory, signature);
            FrameReader reader = readers[named];
            if (reader == null) {
                return FrameReader.FOREIGN;
            }
            int judged = reader.classify(memory, at, length);
            header = judged == FrameReader.WHOLE ? reader.header() : header;
            stream = named;
            return judged;
        }
        boolean ours = false;
        int smallest = Integer.MAX_VALUE;
        int nearest = streams[0];
        for (int number : streams) {
            FrameReader reader = requireNonNull(readers[number], "each stream has a reader");
            ours |= reader.classify(memory, at, length) != FrameReader.FOREIGN;
            int distance = reader.distance(memory, at, length, number);
            if (distance < smallest) {
                smallest = distance;
                nearest = number;
            }
        }
        stream = nearest;
        return ours ? FrameReader.CORRUPTED : FrameReader.FOREIGN;
    }

    /** Where an intact signature stands that the headers lead to; -1 without one. */
    private static long signature(MemorySegment memory, long at, int length) {
        if (length < Headers.LONGEST_ETHERNET) {
            return -1;
        }
        // In bounds: the longest Ethernet header is.
        int network = Headers.networkOffset(memory, at);
        int ip = switch (Headers.etherType(memory, at, network)) {
            case Headers.TYPE_IPV4 -> Headers.IPV4;
            case Headers.TYPE_IPV6 -> Headers.IPV6;
            default -> length;
        };
        int signature = network + ip + Headers.UDP;
        // Checked before it is looked at: it ends at or before the frame's end.
        return length >= signature + Signature.LENGTH && Signature.isIntact(memory, at + signature)
                ? at + signature
                : -1;
    }
}
