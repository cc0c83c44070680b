package org.sluice.linux.net;

import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/** Messages of the real {@code ip} and their answers, by name. */
public final class CapturedMessages {
    private final Map<String, String> hex = new HashMap<>();

    /** Reads the capture that lies beside the tests. */
    public CapturedMessages() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                requireNonNull(CapturedMessages.class.getResourceAsStream("/netlink/nlmon-vf.txt")),
                StandardCharsets.UTF_8))) {
            String name = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.endsWith(":")) {
                    name = line.substring(0, line.length() - 1);
                } else if (!line.startsWith("#")) {
                    hex.merge(name, line.strip(), String::concat);
                }
            }
        } catch (IOException failure) {
            throw new AssertionError("The capture cannot be read.", failure);
        }
    }

    /** The bytes of the message. */
    public byte[] bytes(String name) {
        return HexFormat.of().parseHex(requireNonNull(hex.get(name), name));
    }
}
