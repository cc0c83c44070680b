package org.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.DatabaseLimits;
import org.sluice.model.FileFailure;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/** Reads how people write where their PostgreSQL is. Stateless. */
final class DatabaseUrl {
    private static final String JDBC = "jdbc:postgresql:";

    private DatabaseUrl() {}

    /**
     * The JDBC form of a URL: itself, or made from libpq's form {@code postgresql://user:password@host:port/database?...}
     * (PostgreSQL manual, section 34.1.1.2).
     */
    static String jdbc(String text) {
        if (text.startsWith(JDBC)) {
            return text;
        }
        try {
            URI uri = new URI(text);
            @Nullable String scheme = uri.getScheme();
            if (scheme == null
                    || !(scheme.equals("postgresql") || scheme.equals("postgres"))
                    || uri.getHost() == null) {
                throw refused(null);
            }
            StringBuilder query = new StringBuilder(uri.getRawQuery() == null ? "" : uri.getRawQuery());
            @Nullable String user = uri.getUserInfo();
            if (user != null) {
                int colon = user.indexOf(':');
                append(query, "user", colon < 0 ? user : user.substring(0, colon));
                if (colon >= 0) {
                    append(query, "password", user.substring(colon + 1));
                }
            }
            String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
            return JDBC + "//" + uri.getHost() + port + uri.getRawPath() + (query.isEmpty() ? "" : "?" + query);
        } catch (URISyntaxException malformed) {
            throw refused(malformed);
        }
    }

    /** The value of the option: itself, or after an {@code @} the content of the file it names. */
    static String given(String value) {
        if (!value.startsWith("@")) {
            return value;
        }
        try {
            return Files.readString(Path.of(value.substring(1))).strip();
        } catch (IOException | InvalidPathException unreadable) {
            throw new ProblemException(
                    Problem.of(
                            Problem.Kind.BAD_REQUEST,
                            "DatabaseUrlUnreadable",
                            "The file " + value.substring(1) + " that --database names cannot be read: "
                                    + FileFailure.reason(unreadable) + "."),
                    unreadable);
        }
    }

    /** Opens it, with one sentence when that fails; the URL's password is not repeated. */
    static Database open(String url, int connections, DatabaseLimits limits) {
        try {
            return Database.open(url, connections, limits);
        } catch (RuntimeException failure) {
            Throwable root = failure;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            throw new ProblemException(
                    Problem.of(
                            Problem.Kind.UNAVAILABLE,
                            "DatabaseUnavailable",
                            "The database " + withoutSecrets(url) + " cannot be used: " + root.getMessage()),
                    failure);
        }
    }

    private static String withoutSecrets(String url) {
        int query = url.indexOf('?');
        return query < 0 ? url : url.substring(0, query);
    }

    private static void append(StringBuilder query, String name, String value) {
        query.append(query.isEmpty() ? "" : "&").append(name).append('=').append(URLEncoder.encode(value, UTF_8));
    }

    private static ProblemException refused(@Nullable Exception cause) {
        Problem problem = Problem.of(
                Problem.Kind.BAD_REQUEST,
                "DatabaseUrlMalformed",
                "The value of --database is not a PostgreSQL URL such as postgresql://user:password@host:5432/sluice.");
        return cause == null ? problem.asException() : new ProblemException(problem, cause);
    }
}
