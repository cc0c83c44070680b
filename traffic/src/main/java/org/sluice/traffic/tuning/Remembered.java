package org.sluice.traffic.tuning;

import static java.util.Objects.requireNonNull;

/**
 * A setting as it was before anything was changed.
 *
 * @param setting the setting
 * @param identity what tells its device from a later one of the same name; empty for a setting of the machine
 * @param value the value before
 */
record Remembered(Setting setting, String identity, String value) {
    Remembered {
        requireNonNull(setting, "setting is null");
        requireNonNull(identity, "identity is null");
        requireNonNull(value, "value is null");
    }
}
