package org.sluice.traffic.machine;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Images are read back by the numbers of ECMA-119; the guest's kernel reads one in the lab. */
class Iso9660Test {
    private static final int SECTOR = 2048;
    private static final int DESCRIPTOR = 16 * SECTOR;
    private static final int ROOT_RECORD = 156;

    @Test
    void givesBackEveryFileUnderItsPath() {
        Map<String, byte[]> files = Map.of(
                "openstack/latest/user_data", "#!/bin/sh\n".getBytes(US_ASCII),
                "openstack/latest/meta_data.json", new byte[5_000],
                "openstack/content/0000", new byte[0],
                "ec2/latest/meta-data.json", "{}".getBytes(US_ASCII),
                "top", new byte[SECTOR]);

        byte[] image = Iso9660.image("config-2", files);

        assertThat(image.length % SECTOR).isZero();
        assertThat(new String(image, DESCRIPTOR, 7, US_ASCII)).isEqualTo("\1CD001\1");
        assertThat(new String(image, DESCRIPTOR + 40, 32, US_ASCII)).isEqualTo("config-2" + " ".repeat(24));
        assertThat(little(image, DESCRIPTOR + 80)).isEqualTo(image.length / SECTOR);
        assertThat(image[DESCRIPTOR + SECTOR]).as("terminator").isEqualTo((byte) 255);
        Map<String, byte[]> found = new TreeMap<>();
        read(image, DESCRIPTOR + ROOT_RECORD, "", found);
        assertThat(found).containsOnlyKeys(files.keySet());
        found.forEach((path, content) -> assertThat(content).as(path).isEqualTo(files.get(path)));
    }

    @Test
    void bothPathTablesNameEveryDirectoryParentsFirst() {
        byte[] image = Iso9660.image("L", Map.of("b/c/file", new byte[1], "a/file", new byte[1]));

        int size = little(image, DESCRIPTOR + 132);
        ByteBuffer table = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer bigTable = ByteBuffer.wrap(image);
        int at = little(image, DESCRIPTOR + 140) * SECTOR;
        int bigAt = ByteBuffer.wrap(image).getInt(DESCRIPTOR + 148) * SECTOR;
        StringBuilder names = new StringBuilder();
        for (int offset = 0; offset < size; ) {
            int length = image[at + offset];
            names.append(new String(image, at + offset + 8, length, US_ASCII).replace('\0', '/'))
                    .append(table.getShort(at + offset + 6));
            assertThat(bigTable.getInt(bigAt + offset + 2)).isEqualTo(table.getInt(at + offset + 2));
            offset += 8 + length + length % 2;
        }
        assertThat(names).hasToString("/1a1b1c3");
    }

    @Test
    void refusesWhatDoesNotFit() {
        assertThatThrownBy(() -> Iso9660.image("", Map.of())).hasMessageContaining("label");
        assertThatThrownBy(() -> Iso9660.image("L", Map.of("a//b", new byte[0])))
                .hasMessageContaining("name");
        assertThatThrownBy(() -> Iso9660.image("L", Map.of("n".repeat(31), new byte[0])))
                .hasMessageContaining("30 bytes");
        Map<String, byte[]> many = new TreeMap<>();
        for (int number = 0; number < 60; number++) {
            many.put("a-rather-long-name-" + number, new byte[0]);
        }
        assertThatThrownBy(() -> Iso9660.image("L", many)).hasMessageContaining("more names than fit");
    }

    private static void read(byte[] image, int record, String folder, Map<String, byte[]> found) {
        int start = little(image, record + 2) * SECTOR;
        int length = little(image, record + 10);
        int self = start;
        for (int entry = self + image[self]; entry < start + length && image[entry] != 0; entry += image[entry]) {
            int nameLength = image[entry + 32];
            String name = new String(image, entry + 33, nameLength, US_ASCII);
            assertThat(image[entry] % 2).as("records are of even length").isZero();
            if (name.equals("\1")) {
                continue;
            }
            if ((image[entry + 25] & 2) != 0) {
                read(image, entry, folder + name + "/", found);
            } else {
                byte[] content = new byte[little(image, entry + 10)];
                System.arraycopy(image, little(image, entry + 2) * SECTOR, content, 0, content.length);
                found.put(folder + name.substring(0, name.length() - 2), content);
            }
        }
    }

    private static int little(byte[] image, int offset) {
        return ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).getInt(offset);
    }
}
