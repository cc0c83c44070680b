package org.sluice.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Which compute hosts {@code up} brings along. */
sealed interface HostsChoice {
    /** The machine's own SR-IOV cards when it has any, else the lab. */
    record Auto() implements HostsChoice {}

    /** An agent on this machine. */
    record Local() implements HostsChoice {}

    /** A host emulated by QEMU, with emulated SR-IOV cards. */
    record Lab() implements HostsChoice {}

    /**
     * Agents over simulated hosts, inside the controller's process.
     *
     * @param count how many, 0 to 1000
     */
    record Simulated(int count) implements HostsChoice {}

    /** Reads an option's value. */
    final class Converter implements ITypeConverter<HostsChoice> {
        private static final String SIMULATED = "simulated:";
        private static final int MOST = 1_000;

        @Override
        public HostsChoice convert(String text) {
            return switch (text) {
                case "auto" -> new Auto();
                case "local" -> new Local();
                case "lab" -> new Lab();
                default -> simulated(text);
            };
        }

        private static Simulated simulated(String text) {
            if (text.startsWith(SIMULATED)) {
                try {
                    int count = Integer.parseInt(text.substring(SIMULATED.length()));
                    if (count >= 0 && count <= MOST) {
                        return new Simulated(count);
                    }
                } catch (NumberFormatException notANumber) {
                    throw refused(text);
                }
            }
            throw refused(text);
        }

        private static TypeConversionException refused(String text) {
            return new TypeConversionException(
                    "\"" + text + "\" is not a choice of hosts; take auto, local, lab, or simulated:N with N from 0 to "
                            + MOST + ".");
        }
    }
}
