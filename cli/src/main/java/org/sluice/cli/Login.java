package org.sluice.cli;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.identity.bootstrap.AdminAccess;
import org.sluice.model.Problem;

/**
 * Who talks to which cloud, in the variables that OpenStack's clients use.
 *
 * @param base the cloud's listener, {@code http://127.0.0.1:8780}
 * @param userName {@code OS_USERNAME}
 * @param password {@code OS_PASSWORD}
 * @param projectName {@code OS_PROJECT_NAME}
 * @param authorities {@code OS_CACERT}: PEM file of whom to trust instead of those this runtime trusts
 * @param source where the password stands
 */
record Login(
        String base, String userName, String password, String projectName, Optional<Path> authorities, Source source) {
    /** The code of the problem that nothing names a cloud. */
    static final String NO_CLOUD = "NoCloud";

    private static final Pattern EXPORT = Pattern.compile("\\s*(?:export\\s+)?(OS_[A-Z_]+)=(.*)");
    private static final Pattern IDENTITY = Pattern.compile("(https?://[^/]+)/identity(?:/v3)?/?");

    Login {
        requireNonNull(base, "base is null");
        requireNonNull(authorities, "authorities is null");
        requireNonNull(source, "source is null");
    }

    /** The user admin in its project, with a password of one's own, at a cloud that needs no authorities of its own. */
    static Login ofAdmin(String base, String password) {
        return new Login(
                base, AdminAccess.NAME, password, AdminAccess.NAME, Optional.empty(), new Source("admin-password", ""));
    }

    /**
     * Where the variables stand.
     *
     * @param name for people: {@code the environment}, {@code /var/lib/sluice/openrc}
     * @param options of {@code sluice admin-password} for that cloud
     */
    record Source(String name, String options) {
        Source {
            requireNonNull(name, "name is null");
            requireNonNull(options, "options is null");
        }

        private static Source environment() {
            return new Source("the environment", " --data DIR");
        }

        private static Source openrcOf(DataDirectory data) {
            return new Source(data.openrc().toString(), " --data " + data.path());
        }
    }

    /** Whether the environment names a cloud. */
    static boolean isNamedBy(Map<String, String> environment) {
        return environment.containsKey("OS_AUTH_URL");
    }

    /** From the environment if it names a cloud, else from the openrc that {@code up} wrote. */
    static Login find(Map<String, String> environment, DataDirectory data) throws IOException {
        if (isNamedBy(environment)) {
            return of(environment, Source.environment());
        }
        if (!Files.isReadable(data.openrc())) {
            throw new Problem(
                            Problem.Kind.BAD_REQUEST,
                            NO_CLOUD,
                            "The environment has no OS_AUTH_URL, and there is no " + data.openrc() + " to read.",
                            Optional.of("Load the cloud's openrc, or name its data directory with --data."))
                    .asException();
        }
        return of(variables(Files.readAllLines(data.openrc())), Source.openrcOf(data));
    }

    /** That the cloud does not take it: whose password, where it stands, and what helps. */
    Problem refused(String said) {
        return new Problem(
                Problem.Kind.UNAUTHENTICATED,
                "NotLetIn",
                "The cloud at " + base + " does not let the user " + userName + " into the project " + projectName
                        + " with the password in " + source.name() + ": " + said,
                Optional.of(remedy()));
    }

    private String remedy() {
        return userName.equals(AdminAccess.NAME)
                ? "Correct it there; or set a new one, which also gives the role back, with: sluice admin-password"
                        + source.options()
                : "Correct it there.";
    }

    /** Reads the lines of an openrc file: {@code export NAME=VALUE}, with or without quotes. */
    static Map<String, String> variables(List<String> lines) {
        Map<String, String> variables = new HashMap<>();
        for (String line : lines) {
            Matcher matcher = EXPORT.matcher(line);
            if (matcher.matches()) {
                variables.put(matcher.group(1), unquote(matcher.group(2).strip()));
            }
        }
        return variables;
    }

    private static Login of(Map<String, String> variables, Source source) {
        String url = require(variables, "OS_AUTH_URL", source);
        Matcher matcher = IDENTITY.matcher(url);
        if (!matcher.matches()) {
            throw Problem.of(
                            Problem.Kind.BAD_REQUEST,
                            "NoSluiceCloud",
                            "OS_AUTH_URL is '" + url + "'; that of a Sluice cloud ends in /identity/v3.")
                    .asException();
        }
        return new Login(
                matcher.group(1),
                require(variables, "OS_USERNAME", source),
                require(variables, "OS_PASSWORD", source),
                require(variables, "OS_PROJECT_NAME", source),
                authorities(variables),
                source);
    }

    /** The file that {@code OS_CACERT} names. */
    static Optional<Path> authorities(Map<String, String> variables) {
        return Optional.ofNullable(variables.get("OS_CACERT"))
                .filter(file -> !file.isEmpty())
                .map(Path::of);
    }

    private static String require(Map<String, String> variables, String name, Source source) {
        @Nullable String value = variables.get(name);
        if (value == null || value.isEmpty()) {
            throw new Problem(
                            Problem.Kind.BAD_REQUEST,
                            "NoCredentials",
                            "There is no " + name + " in " + source.name() + ".",
                            name.equals("OS_PASSWORD")
                                    ? Optional.of("Give it there; or set a new one with: sluice admin-password"
                                            + source.options())
                                    : Optional.empty())
                    .asException();
        }
        return value;
    }

    private static String unquote(String text) {
        boolean quoted = text.length() > 1
                && (text.charAt(0) == '"' || text.charAt(0) == '\'')
                && text.charAt(0) == text.charAt(text.length() - 1);
        return quoted ? text.substring(1, text.length() - 1) : text;
    }

    /** Leaves the password out. */
    @Override
    public String toString() {
        return "Login[" + base + ", " + userName + ", " + projectName + "]";
    }
}
