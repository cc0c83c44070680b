package org.sluice.controller.fleet.importing;

/**
 * What became of one option.
 *
 * @param file where it stands
 * @param line where it stands
 * @param option the option, {@code [ml2_type_vlan] network_vlan_ranges}
 * @param taken whether the database has it now
 * @param sentence what was taken from it, or why it was ignored
 */
public record ImportNote(String file, int line, String option, boolean taken, String sentence) {
    static ImportNote taken(ConfigSetting setting, String sentence) {
        return new ImportNote(setting.file(), setting.line(), setting.option(), true, sentence);
    }

    static ImportNote ignored(ConfigSetting setting, String sentence) {
        return new ImportNote(setting.file(), setting.line(), setting.option(), false, sentence);
    }
}
