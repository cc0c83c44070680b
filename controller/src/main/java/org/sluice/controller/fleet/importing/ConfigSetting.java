package org.sluice.controller.fleet.importing;

import static java.util.Objects.requireNonNull;

/**
 * One option of a configuration file in the form of oslo.config.
 *
 * @param file name of the file, as the reader knows it
 * @param line where it begins, from 1
 * @param section the section it is in, {@code DEFAULT} before the first
 * @param name name of the option
 * @param value its value, continuation lines joined by line feeds, without enclosing quotes
 */
public record ConfigSetting(String file, int line, String section, String name, String value) {
    public ConfigSetting {
        requireNonNull(file, "file is null");
        requireNonNull(section, "section is null");
        requireNonNull(name, "name is null");
        requireNonNull(value, "value is null");
    }

    /** The option as sentences call it, {@code [ml2_type_vlan] network_vlan_ranges}. */
    String option() {
        return "[" + section + "] " + name;
    }
}
