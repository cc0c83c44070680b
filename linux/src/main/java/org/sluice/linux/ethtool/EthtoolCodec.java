package org.sluice.linux.ethtool;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.sluice.linux.netlink.MalformedMessageException;

/**
 * The structures of include/uapi/linux/ethtool.h to bytes and back; numbers are in the machine's byte order. Each begins with
 * the command, named as there.
 */
final class EthtoolCodec {
    static final int ETHTOOL_GDRVINFO = 0x03;
    static final int ETHTOOL_GCOALESCE = 0x0E;
    static final int ETHTOOL_SCOALESCE = 0x0F;
    static final int ETHTOOL_GRINGPARAM = 0x10;
    static final int ETHTOOL_SRINGPARAM = 0x11;
    static final int ETHTOOL_GSTRINGS = 0x1B;
    static final int ETHTOOL_GSSET_INFO = 0x37;
    static final int ETHTOOL_GFEATURES = 0x3A;
    static final int ETHTOOL_SFEATURES = 0x3B;
    static final int ETHTOOL_GLINKSETTINGS = 0x4C;

    private static final int ETH_SS_FEATURES = 4;
    private static final int ETH_GSTRING_LEN = 32;

    /** struct ethtool_drvinfo. */
    private static final int DRIVER_INFO_LENGTH = 196;

    private static final int DRIVER_OFFSET = 4;
    private static final int VERSION_OFFSET = 36;
    private static final int FIRMWARE_OFFSET = 68;
    private static final int BUS_OFFSET = 100;
    private static final int DRIVER_TEXT_LENGTH = 32;

    /** struct ethtool_ringparam. */
    private static final int RINGS_LENGTH = 36;

    private static final int RX_MAX_PENDING_OFFSET = 4;
    private static final int TX_MAX_PENDING_OFFSET = 16;
    private static final int RX_PENDING_OFFSET = 20;
    private static final int TX_PENDING_OFFSET = 32;

    /** struct ethtool_coalesce. */
    private static final int COALESCE_LENGTH = 92;

    private static final int RX_COALESCE_USECS_OFFSET = 4;
    private static final int RX_MAX_COALESCED_FRAMES_OFFSET = 8;
    private static final int TX_COALESCE_USECS_OFFSET = 20;
    private static final int TX_MAX_COALESCED_FRAMES_OFFSET = 24;
    private static final int USE_ADAPTIVE_RX_COALESCE_OFFSET = 40;
    private static final int USE_ADAPTIVE_TX_COALESCE_OFFSET = 44;

    /** struct ethtool_link_settings without the masks that follow it. */
    private static final int LINK_SETTINGS_LENGTH = 48;

    private static final int SPEED_OFFSET = 4;
    private static final int DUPLEX_OFFSET = 8;
    private static final int MASK_WORDS_OFFSET = 15;
    private static final int MASKS = 3;
    private static final int SPEED_UNKNOWN = -1;

    /** struct ethtool_sset_info with one number. */
    private static final int STRING_SET_INFO_LENGTH = 20;

    private static final int STRING_SET_MASK_OFFSET = 8;
    private static final int STRING_SET_COUNT_OFFSET = 16;

    /** struct ethtool_gstrings up to the texts. */
    private static final int STRINGS_HEADER_LENGTH = 12;

    /** struct ethtool_gfeatures and ethtool_sfeatures up to the blocks. */
    private static final int FEATURES_HEADER_LENGTH = 8;

    private static final int GET_BLOCK_LENGTH = 16;
    private static final int REQUESTED_OFFSET = 4;
    private static final int ACTIVE_OFFSET = 8;
    private static final int SET_BLOCK_LENGTH = 8;

    private EthtoolCodec() {}

    static byte[] askDriverInfo() {
        return structure(ETHTOOL_GDRVINFO, DRIVER_INFO_LENGTH);
    }

    static DriverInfo readDriverInfo(byte[] answer) {
        return new DriverInfo(
                text(answer, DRIVER_OFFSET, DRIVER_TEXT_LENGTH),
                text(answer, VERSION_OFFSET, DRIVER_TEXT_LENGTH),
                text(answer, FIRMWARE_OFFSET, DRIVER_TEXT_LENGTH),
                text(answer, BUS_OFFSET, DRIVER_TEXT_LENGTH));
    }

    static byte[] askRings() {
        return structure(ETHTOOL_GRINGPARAM, RINGS_LENGTH);
    }

    static Rings readRings(byte[] answer) {
        ByteBuffer numbers = numbers(answer);
        return new Rings(
                numbers.getInt(RX_PENDING_OFFSET),
                numbers.getInt(TX_PENDING_OFFSET),
                numbers.getInt(RX_MAX_PENDING_OFFSET),
                numbers.getInt(TX_MAX_PENDING_OFFSET));
    }

    /** Turns the answer about the rings into the message that changes two of its numbers and keeps the others. */
    static byte[] setRings(byte[] answer, int receive, int transmit) {
        byte[] message = answer.clone();
        numbers(message)
                .putInt(0, ETHTOOL_SRINGPARAM)
                .putInt(RX_PENDING_OFFSET, receive)
                .putInt(TX_PENDING_OFFSET, transmit);
        return message;
    }

    static byte[] askCoalescing() {
        return structure(ETHTOOL_GCOALESCE, COALESCE_LENGTH);
    }

    static Coalescing readCoalescing(byte[] answer) {
        ByteBuffer numbers = numbers(answer);
        return new Coalescing(
                numbers.getInt(RX_COALESCE_USECS_OFFSET),
                numbers.getInt(RX_MAX_COALESCED_FRAMES_OFFSET),
                numbers.getInt(TX_COALESCE_USECS_OFFSET),
                numbers.getInt(TX_MAX_COALESCED_FRAMES_OFFSET),
                numbers.getInt(USE_ADAPTIVE_RX_COALESCE_OFFSET) != 0,
                numbers.getInt(USE_ADAPTIVE_TX_COALESCE_OFFSET) != 0);
    }

    /** Turns the answer about coalescing into the message that changes these of its numbers and keeps the others. */
    static byte[] setCoalescing(byte[] answer, Coalescing coalescing) {
        byte[] message = answer.clone();
        numbers(message)
                .putInt(0, ETHTOOL_SCOALESCE)
                .putInt(RX_COALESCE_USECS_OFFSET, coalescing.receiveMicroseconds())
                .putInt(RX_MAX_COALESCED_FRAMES_OFFSET, coalescing.receiveFrames())
                .putInt(TX_COALESCE_USECS_OFFSET, coalescing.transmitMicroseconds())
                .putInt(TX_MAX_COALESCED_FRAMES_OFFSET, coalescing.transmitFrames())
                .putInt(USE_ADAPTIVE_RX_COALESCE_OFFSET, coalescing.adaptiveReceive() ? 1 : 0)
                .putInt(USE_ADAPTIVE_TX_COALESCE_OFFSET, coalescing.adaptiveTransmit() ? 1 : 0);
        return message;
    }

    /** @param maskWords words of each mask of link modes; 0 asks the kernel how many it has */
    static byte[] askLinkSettings(int maskWords) {
        byte[] message = structure(ETHTOOL_GLINKSETTINGS, LINK_SETTINGS_LENGTH + MASKS * Integer.BYTES * maskWords);
        message[MASK_WORDS_OFFSET] = (byte) maskWords;
        return message;
    }

    /** How many words the kernel wants, which it says as a negative number. */
    static int readMaskWords(byte[] answer) {
        int words = -answer[MASK_WORDS_OFFSET];
        if (words <= 0) {
            throw new MalformedMessageException(
                    "The kernel did not say how many words its masks of link modes have, but " + words + ".");
        }
        return words;
    }

    static LinkSpeed readLinkSettings(byte[] answer) {
        int speed = numbers(answer).getInt(SPEED_OFFSET);
        Optional<Duplex> duplex = switch (answer[DUPLEX_OFFSET]) {
            case 0 -> Optional.of(Duplex.HALF);
            case 1 -> Optional.of(Duplex.FULL);
            default -> Optional.empty();
        };
        // Drivers say "unknown" by -1, and some by 0.
        return new LinkSpeed(
                speed == SPEED_UNKNOWN || speed == 0 ? OptionalInt.empty() : OptionalInt.of(speed), duplex);
    }

    static byte[] askFeatureCount() {
        byte[] message = structure(ETHTOOL_GSSET_INFO, STRING_SET_INFO_LENGTH);
        numbers(message).putLong(STRING_SET_MASK_OFFSET, 1L << ETH_SS_FEATURES);
        return message;
    }

    static int readFeatureCount(byte[] answer) {
        ByteBuffer numbers = numbers(answer);
        if (numbers.getLong(STRING_SET_MASK_OFFSET) == 0) {
            throw new MalformedMessageException("The kernel does not know the names of its offload features.");
        }
        return numbers.getInt(STRING_SET_COUNT_OFFSET);
    }

    static byte[] askFeatureNames(int count) {
        byte[] message = structure(ETHTOOL_GSTRINGS, STRINGS_HEADER_LENGTH + ETH_GSTRING_LEN * count);
        numbers(message).putInt(4, ETH_SS_FEATURES).putInt(8, count);
        return message;
    }

    /** The names by bit; empty for bits that the kernel does not use. */
    static List<String> readFeatureNames(byte[] answer) {
        List<String> names = new ArrayList<>();
        for (int offset = STRINGS_HEADER_LENGTH; offset + ETH_GSTRING_LEN <= answer.length; offset += ETH_GSTRING_LEN) {
            names.add(text(answer, offset, ETH_GSTRING_LEN));
        }
        return List.copyOf(names);
    }

    static byte[] askFeatures(int count) {
        int words = words(count);
        byte[] message = structure(ETHTOOL_GFEATURES, FEATURES_HEADER_LENGTH + GET_BLOCK_LENGTH * words);
        numbers(message).putInt(4, words);
        return message;
    }

    static List<Feature> readFeatures(byte[] answer, List<String> names) {
        ByteBuffer numbers = numbers(answer);
        List<Feature> features = new ArrayList<>();
        for (int bit = 0; bit < names.size(); bit++) {
            int block = FEATURES_HEADER_LENGTH + GET_BLOCK_LENGTH * (bit / Integer.SIZE);
            int mask = 1 << (bit % Integer.SIZE);
            if (!names.get(bit).isEmpty()) {
                features.add(new Feature(
                        names.get(bit),
                        (numbers.getInt(block + ACTIVE_OFFSET) & mask) != 0,
                        (numbers.getInt(block + REQUESTED_OFFSET) & mask) != 0,
                        // The block's first word is what hardware and driver can switch.
                        (numbers.getInt(block) & mask) != 0));
            }
        }
        return List.copyOf(features);
    }

    /** @param wanted by name; the names are among {@code names} */
    static byte[] setFeatures(List<String> names, Map<String, Boolean> wanted) {
        int words = words(names.size());
        byte[] message = structure(ETHTOOL_SFEATURES, FEATURES_HEADER_LENGTH + SET_BLOCK_LENGTH * words);
        ByteBuffer numbers = numbers(message);
        numbers.putInt(4, words);
        wanted.forEach((name, on) -> {
            int bit = names.indexOf(name);
            int block = FEATURES_HEADER_LENGTH + SET_BLOCK_LENGTH * (bit / Integer.SIZE);
            int mask = 1 << (bit % Integer.SIZE);
            // A block is the bits that are meant, and what they shall be.
            numbers.putInt(block, numbers.getInt(block) | mask);
            if (on) {
                numbers.putInt(block + 4, numbers.getInt(block + 4) | mask);
            }
        });
        return message;
    }

    private static int words(int bits) {
        return (bits + Integer.SIZE - 1) / Integer.SIZE;
    }

    private static byte[] structure(int command, int length) {
        byte[] bytes = new byte[length];
        numbers(bytes).putInt(0, command);
        return bytes;
    }

    private static ByteBuffer numbers(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    }

    private static String text(byte[] bytes, int offset, int length) {
        byte[] field = Arrays.copyOfRange(bytes, offset, offset + length);
        int end = 0;
        while (end < field.length && field[end] != 0) {
            end++;
        }
        return new String(field, 0, end, StandardCharsets.UTF_8);
    }
}
