package org.sluice.traffic.frame;

import org.jspecify.annotations.Nullable;

/**
 * Whole frames of a port's streams, so that the next frame of the same flow needs comparing only. Holds some hundred flows; one that
 * finds its place taken takes it over. For one thread.
 */
final class KnownHeaders {
    private static final int PLACES = 256;

    private final @Nullable KnownFrame[] places = new @Nullable KnownFrame[PLACES];

    /**
     * The known frame that this one could be like.
     *
     * @param header bytes before its signature; both are in the words
     */
    @Nullable
    KnownFrame candidate(long[] words, int at, int header) {
        return places[placeOf(words, at, header)];
    }

    /**
     * Remembers a whole frame.
     *
     * @param header bytes before its signature
     */
    KnownFrame add(long[] words, int at, int length, int header) {
        int place = placeOf(words, at, header);
        KnownFrame known = places[place];
        if (known == null) {
            known = new KnownFrame();
            places[place] = known;
        }
        known.set(words, at, length, header);
        return known;
    }

    /** By the last byte of the UDP checksum, the end of the headers, which differs between flows; streams may have the same. */
    private static int placeOf(long[] words, int at, int header) {
        int signature = at + header;
        int mixed = FrameWords.octet(words, signature - 1) + FrameWords.octet(words, signature + Signature.STREAM);
        return mixed & (PLACES - 1);
    }
}
