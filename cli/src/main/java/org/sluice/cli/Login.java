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
import org.sluice.model.Problem;

/**
 * Who talks to which cloud, in the variables that OpenStack's clients use.
 *
 * @param base the cloud's listener, {@code http://127.0.0.1:8780}
 * @param userName {@code OS_USERNAME}
 * @param password {@code OS_PASSWORD}
 * @param projectName {@code OS_PROJECT_NAME}
 * @param authorities {@code OS_CACERT}: PEM file of whom to trust instead of those this runtime trusts
 */
record Login(String base, String userName, String password, String projectName, Optional<Path> authorities) {
    private static final Pattern EXPORT = Pattern.compile("\\s*(?:export\\s+)?(OS_[A-Z_]+)=(.*)");
    private static final Pattern IDENTITY = Pattern.compile("(https?://[^/]+)/identity(?:/v3)?/?");

    Login {
        requireNonNull(base, "base is null");
        requireNonNull(authorities, "authorities is null");
    }

    /** The same at a cloud that needs no authorities of its own. */
    Login(String base, String userName, String password, String projectName) {
        this(base, userName, password, projectName, Optional.empty());
    }

    /** From the environment if it names a cloud, else from the openrc that {@code up} wrote. */
    static Login find(Map<String, String> environment, DataDirectory data) throws IOException {
        if (environment.containsKey("OS_AUTH_URL")) {
            return of(environment, "the environment");
        }
        if (!Files.isReadable(data.openrc())) {
            throw new Problem(
                            Problem.Kind.BAD_REQUEST,
                            "NoCloud",
                            "The environment has no OS_AUTH_URL, and there is no " + data.openrc() + " to read.",
                            Optional.of("Load the cloud's openrc, or name its data directory with --data."))
                    .asException();
        }
        return of(variables(Files.readAllLines(data.openrc())), data.openrc().toString());
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

    private static Login of(Map<String, String> variables, String source) {
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
                authorities(variables));
    }

    /** The file that {@code OS_CACERT} names. */
    static Optional<Path> authorities(Map<String, String> variables) {
        return Optional.ofNullable(variables.get("OS_CACERT"))
                .filter(file -> !file.isEmpty())
                .map(Path::of);
    }

    private static String require(Map<String, String> variables, String name, String source) {
        @Nullable String value = variables.get(name);
        if (value == null || value.isEmpty()) {
            throw Problem.of(Problem.Kind.BAD_REQUEST, "NoCredentials", "There is no " + name + " in " + source + ".")
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
