package org.sluice.controller.network.address;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * A range of addresses of one IP version, both ends included: a subnet's block or an allocation pool.
 *
 * @param version 4 or 6
 * @param first the lowest address, as a number
 * @param last the highest address, as a number
 */
public record IpRange(int version, BigInteger first, BigInteger last) {
    public IpRange {
        if (first.compareTo(last) > 0) {
            throw new IllegalArgumentException("the first address is above the last");
        }
    }

    /** The block that the text writes, {@code 10.0.0.0/24}; host bits may be set. Empty for any other text. */
    public static Optional<IpRange> ofCidr(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !text.substring(slash + 1).matches("\\d{1,3}")) {
            return Optional.empty();
        }
        int length = Integer.parseInt(text.substring(slash + 1));
        return Addresses.parse(text.substring(0, slash))
                .filter(address -> length <= bits(address))
                .map(address -> {
                    BigInteger size = BigInteger.ONE.shiftLeft(bits(address) - length);
                    BigInteger first = number(address).divide(size).multiply(size);
                    return new IpRange(
                            bits(address) == 32 ? 4 : 6, first, first.add(size).subtract(BigInteger.ONE));
                });
    }

    /** The range from one address to the other; empty when they are no such addresses or in the wrong order. */
    public static Optional<IpRange> between(String first, String last) {
        Optional<InetAddress> low = Addresses.parse(first);
        Optional<InetAddress> high = Addresses.parse(last);
        if (low.isEmpty()
                || high.isEmpty()
                || bits(low.get()) != bits(high.get())
                || number(low.get()).compareTo(number(high.get())) > 0) {
            return Optional.empty();
        }
        return Optional.of(new IpRange(bits(low.get()) == 32 ? 4 : 6, number(low.get()), number(high.get())));
    }

    public boolean contains(IpRange other) {
        return version == other.version && first.compareTo(other.first) <= 0 && last.compareTo(other.last) >= 0;
    }

    public boolean overlaps(IpRange other) {
        return version == other.version && first.compareTo(other.last) <= 0 && other.first.compareTo(last) <= 0;
    }

    /** The address at that place of the range, from 0. */
    public String address(long place) {
        return text(first.add(BigInteger.valueOf(place)), version);
    }

    public String firstText() {
        return text(first, version);
    }

    public String lastText() {
        return text(last, version);
    }

    public BigInteger size() {
        return last.subtract(first).add(BigInteger.ONE);
    }

    /** The block in CIDR form; only for a range that is one. */
    public String cidr() {
        int bits = version == 4 ? 32 : 128;
        return firstText() + "/" + (bits - (size().bitLength() - 1));
    }

    /** A range of one address; empty when the text is none. */
    public static Optional<IpRange> single(String address) {
        return between(address, address);
    }

    private static int bits(InetAddress address) {
        return address.getAddress().length * 8;
    }

    private static BigInteger number(InetAddress address) {
        return new BigInteger(1, address.getAddress());
    }

    private static String text(BigInteger number, int version) {
        byte[] bytes = new byte[version == 4 ? 4 : 16];
        byte[] digits = number.toByteArray();
        int count = Math.min(digits.length, bytes.length);
        System.arraycopy(digits, digits.length - count, bytes, bytes.length - count, count);
        try {
            InetAddress address = InetAddress.getByAddress(bytes);
            return version == 4 ? address.getHostAddress() : Ipv6Text.compressed(bytes);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("an address of 4 or 16 bytes is always legal", impossible);
        }
    }
}
