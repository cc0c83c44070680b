package org.sluice.traffic.machine;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Writes a small file tree as an ISO 9660 image, with plain names that Linux shows as they are: no Joliet, no Rock Ridge.
 *
 * <p>ECMA-119, interchange level 2 (names of up to 30 bytes), but for lower case and hyphens, which the standard does not allow and
 * readers take. The layout is 16 empty sectors, the primary volume descriptor, the terminator, both path tables, the directories of one
 * sector each, the files.
 */
final class Iso9660 {
    private static final int SECTOR = 2048;
    private static final int DESCRIPTOR = 16;
    private static final int TERMINATOR = 17;
    private static final int LITTLE_ENDIAN_TABLE = 18;
    private static final int BIG_ENDIAN_TABLE = 19;
    private static final int FIRST_DIRECTORY = 20;

    /** A directory record without its name (ECMA-119, 9.1), and a path table record without its name (9.4). */
    private static final int RECORD = 33;

    private static final int TABLE_RECORD = 8;

    /** Empty ones at the end: who looks for a file system of any kind reads the first 68 KiB, and busybox gives up on a shorter disk. */
    private static final int PADDING = 64;

    private static final String SELF = "\0";
    private static final String PARENT = "\1";
    private static final String VERSION = ";1";
    private static final int LONGEST_NAME = 30;
    private static final int LONGEST_LABEL = 32;
    private static final byte DIRECTORY_FLAG = 2;

    /** A directory; its number is that of the path table, from 1. */
    private record Directory(
            String name,
            int number,
            int parent,
            TreeMap<String, Directory> directories,
            TreeMap<String, byte[]> files) {
        static Directory in(int parent, String name, int number) {
            return new Directory(name, number, parent, new TreeMap<>(), new TreeMap<>());
        }

        int sector() {
            return FIRST_DIRECTORY + number - 1;
        }
    }

    private final List<Directory> directories = new ArrayList<>();
    private final ByteBuffer image;
    private int nextFile;

    private Iso9660(Map<String, byte[]> files) {
        directories.add(Directory.in(1, SELF, 1));
        // By depth, then by name: the order that the path table wants, in which a parent comes before its children.
        files.keySet().stream()
                .flatMap(path -> parents(path).stream())
                .distinct()
                .sorted(Comparator.comparingInt((List<String> path) -> path.size())
                        .thenComparing(path -> String.join("/", path)))
                .forEach(this::addDirectory);
        files.forEach((path, content) -> {
            List<String> names = List.of(path.split("/", -1));
            directory(names.subList(0, names.size() - 1)).files().put(name(names.getLast()), content);
        });
        nextFile = FIRST_DIRECTORY + directories.size();
        int sectors = nextFile
                + files.values().stream()
                        .mapToInt(content -> sectors(content.length))
                        .sum();
        image = ByteBuffer.allocate((sectors + PADDING) * SECTOR);
    }

    /**
     * The bytes of an image.
     *
     * @param label of the volume, 1 to 32 bytes of ASCII
     * @param files contents by path, such as {@code openstack/latest/user_data}; names of 1 to 30 bytes of ASCII
     */
    static byte[] image(String label, Map<String, byte[]> files) {
        if (label.isEmpty() || label.length() > LONGEST_LABEL || !isAscii(label)) {
            throw new IllegalArgumentException("\"" + label + "\" is no label: use 1 to 32 bytes of ASCII.");
        }
        Iso9660 iso = new Iso9660(files);
        iso.writeDirectories();
        iso.writePathTable(LITTLE_ENDIAN_TABLE, ByteOrder.LITTLE_ENDIAN);
        iso.writePathTable(BIG_ENDIAN_TABLE, ByteOrder.BIG_ENDIAN);
        iso.writeDescriptors(label);
        return iso.image.array();
    }

    private static List<List<String>> parents(String path) {
        List<String> names = List.of(path.split("/", -1));
        List<List<String>> parents = new ArrayList<>();
        for (int depth = 1; depth < names.size(); depth++) {
            parents.add(names.subList(0, depth));
        }
        return parents;
    }

    private void addDirectory(List<String> path) {
        Directory parent = directory(path.subList(0, path.size() - 1));
        Directory added = Directory.in(parent.number(), name(path.getLast()), directories.size() + 1);
        parent.directories().put(added.name(), added);
        directories.add(added);
    }

    private Directory directory(List<String> path) {
        Directory directory = directories.getFirst();
        for (String name : path) {
            directory = requireNonNull(directory.directories().get(name), "parents are added before their children");
        }
        return directory;
    }

    private static String name(String name) {
        if (name.isEmpty() || name.length() > LONGEST_NAME || !isAscii(name)) {
            throw new IllegalArgumentException("\"" + name + "\" is no name: use 1 to 30 bytes of ASCII.");
        }
        return name;
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(character -> character > ' ' && character < 0x7F);
    }

    private void writeDirectories() {
        for (Directory directory : directories) {
            requireRoom(directory);
            image.position(directory.sector() * SECTOR);
            record(SELF, directory.sector(), SECTOR, DIRECTORY_FLAG);
            record(PARENT, directories.get(directory.parent() - 1).sector(), SECTOR, DIRECTORY_FLAG);
            SortedSet<String> names = new TreeSet<>(directory.files().keySet());
            names.addAll(directory.directories().keySet());
            for (String name : names) {
                Directory child = directory.directories().get(name);
                if (child != null) {
                    record(name, child.sector(), SECTOR, DIRECTORY_FLAG);
                } else {
                    writeFile(name, requireNonNull(directory.files().get(name), "it is either directory or file"));
                }
            }
        }
    }

    private static void requireRoom(Directory directory) {
        int length = 2 * recordLength(SELF);
        for (String name : directory.directories().keySet()) {
            length += recordLength(name);
        }
        for (String name : directory.files().keySet()) {
            length += recordLength(name + VERSION);
        }
        if (length > SECTOR) {
            throw new IllegalArgumentException("A directory of the image has more names than fit into 2,048 bytes.");
        }
    }

    /** Always even. */
    private static int recordLength(String name) {
        return RECORD + name.length() + (name.length() + 1) % 2;
    }

    private void writeFile(String name, byte[] content) {
        record(name + VERSION, nextFile, content.length, (byte) 0);
        image.put(nextFile * SECTOR, content);
        nextFile += sectors(content.length);
    }

    /** A directory record (ECMA-119, 9.1) without dates, of an even length. */
    private void record(String name, int sector, int length, byte flags) {
        int size = recordLength(name);
        int start = image.position();
        image.put((byte) size).put((byte) 0);
        both(sector);
        both(length);
        image.put(new byte[7]).put(flags).put((byte) 0).put((byte) 0);
        bothShort(1);
        image.put((byte) name.length()).put(name.getBytes(US_ASCII));
        image.position(start + size);
    }

    private void writePathTable(int sector, ByteOrder order) {
        image.position(sector * SECTOR).order(order);
        for (Directory directory : directories) {
            String name = directory.name();
            image.put((byte) name.length())
                    .put((byte) 0)
                    .putInt(directory.sector())
                    .putShort((short) directory.parent());
            image.put(name.getBytes(US_ASCII));
            if (name.length() % 2 == 1) {
                image.put((byte) 0);
            }
        }
        image.order(ByteOrder.BIG_ENDIAN);
    }

    /** The primary volume descriptor (ECMA-119, 8.4) and the terminator (8.3). */
    private void writeDescriptors(String label) {
        image.position(DESCRIPTOR * SECTOR);
        image.put((byte) 1).put("CD001".getBytes(US_ASCII)).put((byte) 1).put((byte) 0);
        text("LINUX", 32);
        text(label, LONGEST_LABEL);
        image.put(new byte[8]);
        both(image.capacity() / SECTOR);
        image.put(new byte[32]);
        bothShort(1);
        bothShort(1);
        bothShort(SECTOR);
        both(directories.stream()
                .mapToInt(directory -> TABLE_RECORD
                        + directory.name().length()
                        + directory.name().length() % 2)
                .sum());
        image.order(ByteOrder.LITTLE_ENDIAN).putInt(LITTLE_ENDIAN_TABLE).putInt(0);
        image.order(ByteOrder.BIG_ENDIAN).putInt(BIG_ENDIAN_TABLE).putInt(0);
        record(SELF, FIRST_DIRECTORY, SECTOR, DIRECTORY_FLAG);
        // Volume set, publisher, preparer, application: 128 bytes each; copyright, abstract, bibliographic file: 37
        // each.
        text("", 4 * 128 + 3 * 37);
        for (int date = 0; date < 4; date++) {
            // Not specified: sixteen digits 0 and the offset 0.
            text("0".repeat(16), 16);
            image.put((byte) 0);
        }
        image.put((byte) 1);
        image.position(TERMINATOR * SECTOR);
        image.put((byte) 255).put("CD001".getBytes(US_ASCII)).put((byte) 1);
    }

    private void text(String text, int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) ' ');
        System.arraycopy(text.getBytes(US_ASCII), 0, bytes, 0, text.length());
        image.put(bytes);
    }

    private void both(int value) {
        image.order(ByteOrder.LITTLE_ENDIAN).putInt(value);
        image.order(ByteOrder.BIG_ENDIAN).putInt(value);
    }

    private void bothShort(int value) {
        image.order(ByteOrder.LITTLE_ENDIAN).putShort((short) value);
        image.order(ByteOrder.BIG_ENDIAN).putShort((short) value);
    }

    private static int sectors(int length) {
        return (length + SECTOR - 1) / SECTOR;
    }
}
