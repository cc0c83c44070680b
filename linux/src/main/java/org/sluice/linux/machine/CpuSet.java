package org.sluice.linux.machine;

import static java.util.Objects.requireNonNull;

import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A set of CPUs, in the two ways in which the kernel writes it: as a list ({@code 0-3,8}) and as a mask ({@code 00000001,0000000f}).
 *
 * @param cpus their numbers, in order and each once
 * @see <a href="https://docs.kernel.org/core-api/kernel-api.html#bitmap-operations">bitmap_parselist and bitmap_parse</a>
 */
public record CpuSet(List<Integer> cpus) {
    /** No CPU. */
    public static final CpuSet NONE = new CpuSet(List.of());

    private static final Pattern RANGE = Pattern.compile("(\\d{1,6})(?:-(\\d{1,6}))?");
    private static final Pattern WORD = Pattern.compile("[0-9a-fA-F]{1,8}");

    /** Sorts, and checks the range. */
    public CpuSet {
        cpus = List.copyOf(new TreeSet<>(cpus));
        if (!cpus.isEmpty() && cpus.getFirst() < 0) {
            throw new IllegalArgumentException("The number of a CPU is 0 or more; " + cpus.getFirst() + " is not.");
        }
    }

    /** These CPUs. */
    public static CpuSet of(Integer... cpus) {
        return new CpuSet(List.of(cpus));
    }

    /** These CPUs. */
    public static CpuSet of(Collection<Integer> cpus) {
        return new CpuSet(List.copyOf(cpus));
    }

    /** Reads a list such as {@code 0-3,8}; an empty text is no CPU. */
    public static CpuSet parseList(String list) {
        requireNonNull(list, "list is null");
        TreeSet<Integer> cpus = new TreeSet<>();
        for (String part : list.isBlank() ? new String[0] : list.strip().split(",", -1)) {
            Matcher range = RANGE.matcher(part.strip());
            if (!range.matches()) {
                throw new IllegalArgumentException(
                        "\"" + list + "\" is not a list of CPUs: write numbers and ranges as in 0-3,8.");
            }
            int first = Integer.parseInt(range.group(1));
            int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
            for (int cpu = first; cpu <= last; cpu++) {
                cpus.add(cpu);
            }
        }
        return of(cpus);
    }

    /** Reads a mask such as {@code 00000001,0000000f}. */
    public static CpuSet parseMask(String mask) {
        String[] words = requireNonNull(mask, "mask is null").strip().split(",", -1);
        TreeSet<Integer> cpus = new TreeSet<>();
        for (int i = 0; i < words.length; i++) {
            if (!WORD.matcher(words[i]).matches()) {
                throw new IllegalArgumentException("\"" + mask
                        + "\" is not a mask of CPUs: write hex in groups of eight digits as in 1,0000000f.");
            }
            // The last word has the lowest CPUs.
            int lowest = Integer.SIZE * (words.length - 1 - i);
            int bits = Integer.parseUnsignedInt(words[i], 16);
            BitSet.valueOf(new long[] {Integer.toUnsignedLong(bits)}).stream().forEach(bit -> cpus.add(lowest + bit));
        }
        return of(cpus);
    }

    /** As a list, for example {@code 0-3,8}; empty for no CPU. */
    public String toList() {
        StringBuilder list = new StringBuilder();
        for (int i = 0; i < cpus.size(); i++) {
            int first = cpus.get(i);
            while (i + 1 < cpus.size() && cpus.get(i + 1) == cpus.get(i) + 1) {
                i++;
            }
            int last = cpus.get(i);
            list.append(list.isEmpty() ? "" : ",").append(first);
            if (last > first) {
                list.append('-').append(last);
            }
        }
        return list.toString();
    }

    /** As a mask, for example {@code 1,0000000f}; {@code 0} for no CPU. */
    public String toMask() {
        int words = cpus.isEmpty() ? 1 : cpus.getLast() / Integer.SIZE + 1;
        int[] bits = new int[words];
        for (int cpu : cpus) {
            bits[cpu / Integer.SIZE] |= 1 << (cpu % Integer.SIZE);
        }
        StringBuilder mask = new StringBuilder(Integer.toHexString(bits[words - 1]));
        for (int word = words - 2; word >= 0; word--) {
            mask.append(",%08x".formatted(bits[word]));
        }
        return mask.toString();
    }

    /** As a list. */
    @Override
    public String toString() {
        return toList();
    }
}
