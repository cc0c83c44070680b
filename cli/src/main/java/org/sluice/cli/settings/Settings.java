package org.sluice.cli.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sluice.model.FileFailure;
import org.sluice.model.Nearest;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * The settings in force: of the command line, else of the environment, else of the file, else the usual ones. Every value is
 * sound. Immutable and thread-safe.
 */
public final class Settings {
    private static final String MASK = "********";

    private static final String PREFIX = "SLUICE_";

    /** Variables of the launcher, which are settings of no program. */
    private static final Set<String> OF_LAUNCHER = Set.of("SLUICE_JAVA_OPTIONS", "SLUICE_JVM_DIRECTORY");

    private final Map<String, Given> given;

    private Settings(Map<String, Given> given) {
        this.given = Map.copyOf(given);
        all().forEach(this::find);
    }

    /** Every setting there is, of every role. */
    public static List<Setting<?>> all() {
        return Stream.of(CommonSettings.all(), ControllerSettings.all(), HostSettings.all())
                .flatMap(List::stream)
                .<Setting<?>>map(setting -> setting)
                .toList();
    }

    /**
     * Finds out what is in force.
     *
     * @param flags option to text, of the command line
     * @param environment variables; those that are no settings, and not nearly one, do not matter
     * @param file the settings file, if there is one
     * @throws ProblemException with one sentence when a key is unknown or a value is not what is wanted
     */
    public static Settings read(Map<String, String> flags, Map<String, String> environment, Optional<Path> file) {
        Map<String, Given> inFile = file.map(SettingsFile::read).orElse(Map.of());
        inFile.forEach(Settings::requireKnown);
        environment.keySet().stream().sorted().forEach(Settings::requireKnownVariable);
        Map<String, Given> given = new LinkedHashMap<>(inFile);
        for (Setting<?> setting : all()) {
            @Nullable String variable = environment.get(setting.variable());
            if (variable != null && !variable.isEmpty()) {
                given.put(setting.name(), Given.of(setting, variable, setting.variable()));
            }
            setting.flag().ifPresent(flag -> {
                @Nullable String text = flags.get(flag);
                if (text != null) {
                    given.put(setting.name(), Given.of(setting, text, flag));
                }
            });
        }
        return new Settings(given);
    }

    /**
     * Nothing is given that the program would pass over.
     *
     * @throws ProblemException with one sentence that names what is, where it stands, and what to do
     */
    public void requireTakenBy(Role role) {
        for (Setting<?> setting : all()) {
            @Nullable Given value = given.get(setting.name());
            if (value != null && !setting.roles().contains(role)) {
                throw Problem.of(
                                Problem.Kind.BAD_REQUEST,
                                "SettingOfAnother",
                                setting.name() + " (" + value.source() + ") is a setting of "
                                        + commands(setting.roles()) + ", and '" + role.command()
                                        + "' does not take it; remove it there, or give '" + role.command()
                                        + "' a settings file of its own with --config.")
                        .asException();
            }
        }
    }

    private static String commands(Set<Role> roles) {
        return roles.stream().sorted().map(role -> "'" + role.command() + "'").collect(Collectors.joining(" and "));
    }

    /**
     * Whether a settings file gives that setting, whatever else does.
     *
     * @throws ProblemException when it is no such file
     */
    public static boolean isIn(Path file, Setting<?> setting) {
        return SettingsFile.read(file).containsKey(setting.name());
    }

    /** The settings of a program that have an option. */
    public static List<Setting<?>> overridable(Role role) {
        return all().stream()
                .filter(setting ->
                        setting.roles().contains(role) && setting.flag().isPresent())
                .toList();
    }

    /** What {@link #given} was elsewhere. */
    public static Settings of(Map<String, Given> given) {
        given.forEach(Settings::requireKnown);
        return new Settings(given);
    }

    /** Name to what was given; what is not there has its usual value. */
    public Map<String, Given> given() {
        return given;
    }

    /**
     * The same for whoever stands in another directory and may not know everything: paths are absolute, secrets are masked.
     */
    public Map<String, Given> told() {
        Map<String, Given> told = new LinkedHashMap<>();
        for (Setting<?> setting : all()) {
            @Nullable Given value = given.get(setting.name());
            if (value != null) {
                told.put(setting.name(), new Given(toldTexts(setting, value), value.source()));
            }
        }
        return told;
    }

    private List<String> toldTexts(Setting<?> setting, Given value) {
        if (find(setting).orElseThrow() instanceof Path path) {
            return List.of(path.toString());
        }
        if (!setting.secret()) {
            return value.texts();
        }
        return value.texts().stream()
                .map(text -> text.startsWith("@")
                        ? "@" + Path.of(text.substring(1)).toAbsolutePath().normalize()
                        : MASK)
                .toList();
    }

    private static boolean isMasked(Setting<?> setting, Given value) {
        return setting.secret() && value.texts().stream().noneMatch(text -> text.startsWith("@"));
    }

    /** Where the value comes from, if it is not the usual one. */
    public Optional<String> source(Setting<?> setting) {
        return Optional.ofNullable(given.get(setting.name())).map(Given::source);
    }

    /** The value of a setting that always has one. */
    public <T> T get(Setting<T> setting) {
        return find(setting).orElseThrow(() -> new IllegalStateException(setting.name() + " has no value of its own"));
    }

    /** The value, if one is given or usual. */
    public <T> Optional<T> find(Setting<T> setting) {
        @Nullable Given value = given.get(setting.name());
        if (value != null) {
            return Optional.of(read(setting, value));
        }
        return switch (setting.usual()) {
            case Setting.Usual.Value usual -> Optional.of(read(setting, new Given(usual.texts(), "usual")));
            case Setting.Usual.Otherwise _ -> Optional.empty();
        };
    }

    /**
     * The same, read from the file that a value names which begins with {@code @}.
     *
     * @throws ProblemException when that file cannot be read
     */
    public Optional<String> findText(Setting<String> setting) {
        return find(setting).map(text -> {
            if (!text.startsWith("@")) {
                return text;
            }
            try {
                return Files.readString(Path.of(text.substring(1))).strip();
            } catch (IOException | InvalidPathException unreadable) {
                throw new ProblemException(
                        Problem.of(
                                Problem.Kind.BAD_REQUEST,
                                "BadSetting",
                                "The file " + text.substring(1) + " that " + setting.name() + " names cannot be read: "
                                        + FileFailure.reason(unreadable) + "."),
                        unreadable);
            }
        });
    }

    /** What is in force, for people; secrets are masked. */
    public String shown(Setting<?> setting) {
        @Nullable Given value = given.get(setting.name());
        if (value == null) {
            return setting.usualText();
        }
        return isMasked(setting, value) ? MASK : value.texts().isEmpty() ? "none" : String.join(", ", value.texts());
    }

    /** A refusal of that setting's value, worded as all are. */
    public ProblemException refusal(Setting<?> setting, String wanted) {
        @Nullable Given value = given.get(setting.name());
        return value == null
                ? Problem.of(Problem.Kind.BAD_REQUEST, "BadSetting", setting.name() + " must be " + wanted + ".")
                        .asException()
                : refusal(setting, value, wanted, null);
    }

    private static <T> T read(Setting<T> setting, Given value) {
        if (!setting.kind().many() && value.texts().size() != 1) {
            throw refusal(setting, value, setting.kind().wanted() + ", and one only", null);
        }
        try {
            return setting.kind().reader().apply(value.texts());
        } catch (IllegalArgumentException wrong) {
            throw refusal(setting, value, setting.kind().wanted(), wrong);
        }
    }

    private static ProblemException refusal(Setting<?> setting, Given value, String wanted, @Nullable Exception cause) {
        String text = setting.secret() ? "a value that is not shown" : "'" + String.join(", ", value.texts()) + "'";
        boolean isFlag = value.source().startsWith("--");
        Problem problem = Problem.of(
                Problem.Kind.BAD_REQUEST,
                "BadSetting",
                (isFlag ? value.source() : setting.name() + " (" + value.source() + ")") + " is " + text
                        + " and must be " + wanted + ".");
        return cause == null ? problem.asException() : new ProblemException(problem, cause);
    }

    private static void requireKnownVariable(String variable) {
        List<String> known = Stream.concat(all().stream().<String>map(Setting::variable), OF_LAUNCHER.stream())
                .toList();
        // Others are not ours: whoever runs services of that name in pods gives them SLUICE_SERVICE_HOST and
        // SLUICE_PORT.
        if (variable.startsWith(PREFIX)
                && !known.contains(variable)
                && known.stream()
                        .anyMatch(each ->
                                Nearest.isNear(variable.substring(PREFIX.length()), each.substring(PREFIX.length())))) {
            throw Problem.of(
                            Problem.Kind.BAD_REQUEST,
                            "UnknownSetting",
                            "There is no setting of the environment variable " + variable + "; the nearest one is "
                                    + Nearest.of(variable, known) + ". sluice config show lists all.")
                    .asException();
        }
    }

    private static void requireKnown(String name, Given value) {
        List<String> names = all().stream().<String>map(Setting::name).toList();
        if (!names.contains(name)) {
            throw Problem.of(
                            Problem.Kind.BAD_REQUEST,
                            "UnknownSetting",
                            "There is no setting '" + name + "' (" + value.source() + "); the nearest one is '"
                                    + Nearest.of(name, names) + "'. sluice config show lists all.")
                    .asException();
        }
    }
}
