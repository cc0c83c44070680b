package org.sluice.controller.fleet.importing;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * Reads configuration files in the form of oslo.config: sections in brackets, {@code name = value} or {@code name: value},
 * lines that begin with white space continue the value before them, {@code #} and {@code ;} begin comment lines. An option may
 * come several times. Pure.
 */
public final class ConfigFile {
    private ConfigFile() {}

    /**
     * All options of a file, in order.
     *
     * @param file its name, for sentences
     * @throws ProblemException naming the line that has neither of these forms
     */
    public static List<ConfigSetting> parse(String file, String text) {
        List<ConfigSetting> settings = new ArrayList<>();
        String section = "DEFAULT";
        int number = 0;
        // Some editors begin a file with a mark of its encoding.
        String bareText = text.startsWith("\uFEFF") ? text.substring(1) : text;
        for (String line : bareText.lines().toList()) {
            number++;
            String bare = line.strip();
            if (bare.isEmpty() || bare.startsWith("#") || bare.startsWith(";")) {
                continue;
            }
            if (Character.isWhitespace(line.charAt(0)) && !settings.isEmpty()) {
                ConfigSetting last = settings.removeLast();
                settings.add(new ConfigSetting(
                        file, last.line(), last.section(), last.name(), unquote(last.value() + "\n" + bare)));
            } else if (bare.startsWith("[") && bare.endsWith("]")) {
                section = section(bare.substring(1, bare.length() - 1).strip());
            } else {
                settings.add(setting(file, number, section, bare));
            }
        }
        return List.copyOf(settings);
    }

    /** oslo.config tells all sections but DEFAULT without regard to case. */
    private static String section(String name) {
        return name.equals("DEFAULT") ? name : name.toLowerCase(Locale.ROOT);
    }

    private static ConfigSetting setting(String file, int number, String section, String line) {
        int equals = line.indexOf('=');
        int colon = line.indexOf(':');
        int end = equals < 0 ? colon : colon < 0 ? equals : Math.min(equals, colon);
        if (end <= 0) {
            throw malformed(file, number, line);
        }
        return new ConfigSetting(
                file,
                number,
                section,
                line.substring(0, end).strip(),
                unquote(line.substring(end + 1).strip()));
    }

    private static String unquote(String value) {
        if (value.length() > 1
                && (value.charAt(0) == '"' || value.charAt(0) == '\'')
                && value.charAt(0) == value.charAt(value.length() - 1)) {
            return value.substring(1, value.length() - 1);
        }
        return value;
    }

    private static ProblemException malformed(String file, int number, String line) {
        return Problem.of(
                        Problem.Kind.BAD_REQUEST,
                        "MalformedConfiguration",
                        "Line %d of %s is no section, option or comment: '%s'.".formatted(number, file, line))
                .asException();
    }
}
