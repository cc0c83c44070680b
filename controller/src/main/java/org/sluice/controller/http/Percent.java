package org.sluice.controller.http;

import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Percent-encoded text (RFC 3986, section 2.1). Stateless. */
final class Percent {
    private Percent() {}

    /** Whether the bytes that it stands for are UTF-8: a decoder takes other bytes for U+FFFD, and so two names for one. */
    static boolean isUtf8(String encoded) {
        byte[] bytes = URLDecoder.decode(encoded, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.ISO_8859_1);
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException broken) {
            return false;
        }
    }
}
