package org.sluice.traffic.tuning;

import static java.util.Objects.requireNonNull;

/**
 * A setting and what it shall be.
 *
 * @param setting what to set
 * @param value one of its values; kept in its canonical form
 */
public record Wish(Setting setting, String value) {
    /**
     * Checks the value.
     *
     * @throws IllegalArgumentException when it is no value of the setting
     */
    public Wish {
        requireNonNull(setting, "setting is null");
        value = setting.canonical(requireNonNull(value, "value is null"));
    }
}
