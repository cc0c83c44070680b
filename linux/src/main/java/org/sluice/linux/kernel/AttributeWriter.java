package org.sluice.linux.kernel;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Writes a sysfs attribute. An interface, so that a simulated kernel can answer instead.
 *
 * <p>It exists beside {@link java.nio.file.Files} because the kernel answers a write with an error number, and that number decides
 * what to tell the person; Java keeps only its text.
 */
@FunctionalInterface
public interface AttributeWriter {
    /**
     * Writes {@code value} in one call; it may block as long as the driver takes.
     *
     * @throws SystemCallException with the number that open(2) or write(2) answered
     */
    void write(Path attribute, String value);

    /** Writes to the real kernel; thread-safe. */
    static AttributeWriter kernel() {
        return (attribute, value) -> {
            try (FileDescriptor file =
                    SystemCalls.open(attribute.toString(), SystemCalls.O_WRONLY | SystemCalls.O_TRUNC)) {
                SystemCalls.write(file, value.getBytes(StandardCharsets.UTF_8));
            }
        };
    }
}
